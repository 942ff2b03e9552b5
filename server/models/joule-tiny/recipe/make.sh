#!/bin/sh
# joule-tiny from nothing: corpus, tokens, training, GGUF, scores. `sh make.sh [MINUTES]`; each step can be run alone as it stands here.
# Needs python3 with torch and numpy (PYTHON names another one), and the project's npm ci for the scores; gcc makes training faster.
# BUILD: where everything goes. EXAMPLES: per corpus file, of which there are two. SEED: of the first. TOKENIZER=train: make a new one.
# FROM: go on from a GGUF. RATE: the highest learning rate. CONSTANT: the part of the time before it falls (1: it never does).
# THREADS: of the training.
set -e
minutes=${1:-32}
python=${PYTHON:-python3}
recipe=$(cd "$(dirname "$0")" && pwd)
build=${BUILD:-$recipe/build}
examples=${EXAMPLES:-160000}
seed=${SEED:-1001}
tokenizer=$recipe/tokenizer.json
mkdir -p "$build"

"$python" "$recipe/generate.py" train "$examples" "$seed" "$build/corpus-1.jsonl"
"$python" "$recipe/generate.py" train "$examples" $((seed + 1)) "$build/corpus-2.jsonl"
if [ "$TOKENIZER" = train ]; then
  tokenizer=$build/tokenizer.json
  "$python" "$recipe/tokenizer.py" "$build/corpus-1.jsonl" "$tokenizer"
fi
"$python" "$recipe/words.py" "$build/joule-tiny-words.ts" "$build/corpus-1.jsonl" "$build/corpus-2.jsonl"
"$python" "$recipe/encode.py" --tokenizer "$tokenizer" "$build/encoded.npz" "$build/corpus-1.jsonl" "$build/corpus-2.jsonl"
"$python" "$recipe/train.py" "$build/encoded.npz" "$build/model.pt" --minutes "$minutes" \
  ${FROM:+--from "$FROM"} ${RATE:+--learning-rate "$RATE"} ${CONSTANT:+--constant "$CONSTANT"} \
  ${THREADS:+--threads "$THREADS"}
"$python" "$recipe/export.py" --tokenizer "$tokenizer" "$build/model.pt" "$build/joule-tiny-q8.gguf"
cd "$recipe/../../../.."
npx tsx test/joule-tiny/score.ts --model "$build/joule-tiny-q8.gguf" --count 100 --json "$build/scores.json"
