// Blind dressings around the code: fences gone wrong, what is said before and after, and the tokens of chat templates.
// Written from experience with Gemma, Qwen Coder, Llama, DeepSeek and Code Llama, without sight of the code that undoes them.

import { indent } from '../../server/base/text.ts';
import { languageFacts } from '../../server/exercises/languages.ts';
import { answerFunction } from './answer.ts';
import { type Feature, fence, fencedPiece, usualFenceName } from './grammar.ts';
import { explanation, thought } from './prose.ts';

export const blindFences: readonly Feature[] = [
  {
    name: 'fence not closed',
    slot: 'fence',
    excludesSlots: ['tail', 'after'],
    apply: (piece) => ({
      ...piece,
      fenced: true,
      text: `\`\`\`${piece.fenceName ?? usualFenceName(piece.answer)}\n${piece.code}`,
    }),
  },
  {
    name: 'closing fence only',
    slot: 'fence',
    excludesSlots: ['before', 'think'],
    apply: (piece) => ({ ...piece, fenced: true, text: `${piece.code}\n\`\`\`` }),
  },
  {
    name: 'fence with another language',
    slot: 'fence',
    apply: (piece, random) => fencedPiece(piece, random.pick(['plaintext', 'text', 'c', 'bash', 'output', 'code'])),
  },
  {
    name: 'language on a line of its own',
    slot: 'fence',
    excludesSlots: ['tail', 'after'],
    apply: (piece) => ({ ...piece, text: `${usualFenceName(piece.answer)}\n${piece.code}` }),
  },
  {
    name: 'language on the line after the fence',
    slot: 'fence',
    apply: (piece) => ({ ...piece, fenced: true, text: fence(`${usualFenceName(piece.answer)}\n${piece.code}`, '') }),
  },
  {
    name: 'fence in a list item',
    slot: 'fence',
    apply: (piece, random) => {
      const width = random.pick([2, 3, 4]);
      const block = indent(fence(piece.code, piece.fenceName ?? usualFenceName(piece.answer)), ' '.repeat(width));
      return { ...piece, fenced: true, text: `${width === 2 ? '-' : '1.'} **The code:**\n\n${block}` };
    },
  },
  {
    name: 'fence in a markdown fence',
    slot: 'fence',
    apply: (piece, random) => {
      const inner = fence(piece.code, piece.fenceName ?? usualFenceName(piece.answer));
      const text = random.pick([fence(inner, 'markdown'), fence(inner, 'markdown', '````')]);
      return { ...piece, fenced: true, text };
    },
  },
  {
    name: 'longer fence',
    slot: 'fence',
    apply: (piece) => fencedPiece(piece, usualFenceName(piece.answer), '````'),
  },
  {
    name: 'answer tags',
    slot: 'fence',
    apply: (piece, random) => {
      const tag = random.pick(['answer', 'code', 'solution', 'output']);
      const inside = random.chance(0.5) ? piece.code : fence(piece.code, usualFenceName(piece.answer));
      return { ...piece, text: `<${tag}>\n${inside}\n</${tag}>` };
    },
  },
  {
    name: 'language tags',
    slot: 'fence',
    apply: (piece) => {
      const tag = usualFenceName(piece.answer).toUpperCase();
      return { ...piece, text: `[${tag}]\n${piece.code}\n[/${tag}]` };
    },
  },
  {
    name: 'begin and end comments',
    slot: 'fence',
    judgement: 'Comments that only mark where the answer begins and ends are no part of it.',
    apply: (piece, random) => {
      const { lineComment } = languageFacts[piece.answer.language];
      const [begin, end] = random.pick([
        ['BEGIN SOLUTION', 'END SOLUTION'],
        ['Your code here', 'End of your code'],
        ['--- begin ---', '--- end ---'],
      ] as const);
      return { ...piece, text: `${lineComment} ${begin}\n${piece.code}\n${lineComment} ${end}` };
    },
  },
  {
    name: 'inline code',
    slot: 'fence',
    applies: (answer) => answer.action === 'implement' && !/[\n`]/.test(answer.body),
    excludesSlots: ['shape', 'layout', 'inside', 'tail', 'before'],
    judgement: 'A body of one line is given inside a sentence.',
    apply: (piece) => ({
      ...piece,
      shape: 'body',
      text: `The body of \`${piece.answer.name}\` is just \`${piece.answer.body.trim()}\`.`,
    }),
  },
  {
    name: 'JSON in a fence',
    slot: 'fence',
    excludesSlots: ['tail', 'inside'],
    apply: (piece) => ({
      ...piece,
      fenced: true,
      text: fence(JSON.stringify({ code: piece.code }, undefined, 2), 'json'),
    }),
  },
  {
    name: 'JSON with explanation',
    slot: 'fence',
    excludesSlots: ['tail', 'inside'],
    apply: (piece, random) => {
      const key = random.pick(['implementation', 'function', 'solution', 'answer', 'response', 'body']);
      const object = {
        explanation: 'Goes through the input once.',
        language: piece.answer.language,
        [key]: piece.code,
      };
      return { ...piece, text: JSON.stringify(object, undefined, 2) };
    },
  },
];

export const blindTails: readonly Feature[] = [
  {
    name: 'usage in a second block',
    slot: 'tail',
    apply: (piece) => {
      const { answer } = piece;
      const usage = answer.calls.map(languageFacts[answer.language].print).join('\n');
      return { ...piece, text: `${piece.text}\n\n### Example usage\n\n${fence(usage, usualFenceName(answer))}` };
    },
  },
  {
    name: 'second fence opened',
    slot: 'tail',
    needsFence: true,
    excludesSlots: ['after'],
    apply: (piece, random) => {
      const { answer } = piece;
      const name = usualFenceName(answer);
      const rest = random.pick([
        `\`\`\`${name}`,
        `\`\`\`${name}\n`,
        `Usage:\n\n\`\`\`${name}\n${answer.calls[0] ?? ''}`.slice(0, -2),
      ]);
      return { ...piece, text: `${piece.text}\n\n${rest}` };
    },
  },
  {
    name: 'output block',
    slot: 'tail',
    apply: (piece) => ({
      ...piece,
      text: `${piece.text}\n\n**Output:**\n\`\`\`\n${piece.answer.calls[0] ?? ''}\nTrue\n[1, 2, 3]\n\`\`\``,
    }),
  },
  {
    name: 'shell block after',
    slot: 'tail',
    apply: (piece) => ({
      ...piece,
      text: `${piece.text}\n\nRun it with:\n\n\`\`\`bash\ncd project\n./run main.${languageFacts[piece.answer.language].extension}\n\`\`\``,
    }),
  },
  {
    name: 'answer repeated',
    slot: 'tail',
    needsFunction: true,
    excludes: ['fence with another language', 'diff'],
    judgement: 'The same code twice is one answer.',
    apply: (piece) => ({ ...piece, text: `${piece.text}\n\n${piece.text}` }),
  },
];

export const blindBefores: readonly Feature[] = [
  {
    name: 'chatty opening',
    slot: 'before',
    apply: (piece, random) => {
      const words = random.pick([
        "Sure! Here's the completed function for you 😊:",
        'Certainly! Below is the code\u00a0you asked for\u00a0— with comments.',
        'Of course! I’d be happy to help. Let’s dive in…',
        'Absolutely, here you go 👇',
      ]);
      return { ...piece, text: `${words}\n\n${piece.text}` };
    },
  },
  {
    name: 'heading and file name',
    slot: 'before',
    apply: (piece, random) => {
      const file = `main.${languageFacts[piece.answer.language].extension}`;
      const words = random.pick([
        `**${file}**`,
        `### Solution\n\n\`${file}\``,
        `## ${piece.answer.name}`,
        `File: ${file}`,
      ]);
      return { ...piece, text: `${words}\n\n${piece.text}` };
    },
  },
  {
    name: 'request repeated',
    slot: 'before',
    apply: (piece) => {
      const quoted = piece.answer.prose.replace(/^/gm, '> ');
      return {
        ...piece,
        text: `You asked me to ${piece.answer.action} \`${piece.answer.name}\`:\n\n${quoted}\n\nAnswer:\n\n${piece.text}`,
      };
    },
  },
  {
    name: 'snippet before the answer',
    slot: 'before',
    needsFence: true,
    needsFunction: true,
    judgement: 'The first block is a part of the idea; the whole function comes after it.',
    apply: (piece) => {
      const { answer } = piece;
      const line = answer.body.split('\n').find((text) => text.trim() !== '') ?? '';
      const name = usualFenceName(answer);
      return {
        ...piece,
        text: `The important line is\n\n${fence(line.trim(), name)}\n\nPut together:\n\n${piece.text}`,
      };
    },
  },
  {
    name: 'present code quoted first',
    slot: 'before',
    needsFence: true,
    needsFunction: true,
    excludes: ['diff'],
    judgement: 'The first block repeats what the file has now; the labels say so.',
    apply: (piece) => {
      const { answer } = piece;
      const documentation = answer.action === 'document' ? '' : answer.documentation;
      const present = answerFunction(answer, { body: answer.presentBody, documentation });
      const name = usualFenceName(answer);
      return {
        ...piece,
        text: `Your current code:\n\n${fence(present, name)}\n\nThe new version:\n\n${piece.text}`,
      };
    },
  },
  {
    name: 'shell block before',
    slot: 'before',
    needsFence: true,
    apply: (piece) => ({
      ...piece,
      text: `First make sure that everything is there:\n\n\`\`\`bash\nnpm install\npip install -r requirements.txt\n\`\`\`\n\nThen:\n\n${piece.text}`,
    }),
  },
  {
    name: 'role prefix',
    slot: 'before',
    apply: (piece, random) => {
      const prefix = random.pick(['### Response:\n', '<|im_start|>assistant\n', 'Assistant: \n', '[INST] [/INST]\n']);
      return { ...piece, text: prefix + piece.text };
    },
  },
];

export const blindAfters: readonly Feature[] = [
  {
    name: 'numbered steps',
    slot: 'after',
    apply: (piece) => ({
      ...piece,
      text: `${piece.text}\n\n### How it works\n\n1. **Start**: \`${piece.answer.name}\` is called.\n2. **Loop**: for every element the condition is checked.\n3. **Return**: the result is returned.\n\n---\n\n| input | output |\n|---|---|\n| empty | empty |`,
    }),
  },
  {
    name: 'complexity and farewell',
    slot: 'after',
    apply: (piece) => ({
      ...piece,
      text: `${piece.text}\n\n**Time complexity:** O(n²)\u00a0– **space:** O(1)\n\nWould you like me to add tests? 🚀`,
    }),
  },
  {
    name: 'prose straight after the code',
    slot: 'after',
    needsFence: true,
    apply: (piece, random) => ({ ...piece, text: `${piece.text}\n${explanation(piece.answer, random)}` }),
  },
];

export const blindThinking: readonly Feature[] = [
  {
    name: 'think without opening tag',
    slot: 'think',
    apply: (piece, random) => ({
      ...piece,
      text: `${thought(piece.answer, answerFunction(piece.answer, { body: piece.answer.wrongBody }), random)}\n</think>\n${piece.text}`,
    }),
  },
  {
    name: 'other thinking tags',
    slot: 'think',
    apply: (piece, random) => {
      const tag = random.pick(['thinking', 'thought', 'reasoning', 'reflection', 'scratchpad']);
      const wrong = answerFunction(piece.answer, { body: piece.answer.wrongBody });
      return { ...piece, text: `<${tag}>\n${thought(piece.answer, wrong, random)}\n</${tag}>\n\n${piece.text}` };
    },
  },
];

export const blindTokens: readonly Feature[] = [
  {
    name: 'end token',
    slot: 'token',
    apply: (piece, random) => {
      const token = random.pick([
        '<|im_end|>',
        '</s>',
        '[/INST]',
        '<|endoftext|>',
        '<end_of_turn>',
        '<|eot_id|>',
        '<|EOT|>',
        '<｜end▁of▁sentence｜>',
      ]);
      return { ...piece, text: piece.text + random.pick(['', '\n']) + token };
    },
  },
  { name: 'byte order mark', slot: 'token', apply: (piece) => ({ ...piece, text: `\uFEFF${piece.text}` }) },
  { name: 'blank lines around', slot: 'token', apply: (piece) => ({ ...piece, text: `\n\n \n${piece.text}\n\n\n` }) },
];
