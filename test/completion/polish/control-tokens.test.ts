// Cases of the filter that ends an answer at the tokens of a prompt.

import { controlTokens } from '../../../server/completion/polish/control-tokens.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(controlTokens, {
  'leaves code alone': { at: 'x = │', says: 'a | b', left: 'a | b' },
  'ends at a token of Qwen': { at: 'x = │', says: '1<|fim_suffix|>rest', left: '1' },
  'ends at a token of StarCoder': { at: 'x = │', says: '1<fim_middle>', left: '1' },
  'ends at a token of DeepSeek': { at: 'x = │', says: '1<｜fim▁end｜>', left: '1' },
  'ends at a token of Codestral': { at: 'x = │', says: '1[SUFFIX]x', left: '1' },
  'ends at a token of Code Llama': { at: 'x = │', says: '1 <EOT>', left: '1 ' },
  'takes F#’s pipes for pipes': { at: 'let y = │', says: 'xs <| f |> g', left: 'xs <| f |> g', language: 'fsharp' },
});
