// joule-tiny for Ollama: what a Modelfile has to say of it. https://github.com/ollama/ollama/blob/main/docs/modelfile.md
// Its prompts are raw text; the template gives chats and infill the same form (server/models/joule-tiny/README.md).

/** Go template. That it names `.Suffix` is how Ollama knows that a model can fill in the middle. */
export const tinyTemplate =
  '{{ if .Suffix }}<|fim_prefix|>{{ .Prompt }}<|fim_suffix|>{{ .Suffix }}<|fim_middle|>' +
  '{{ else }}{{ if .System }}<|{{ .System }}|>{{ end }}{{ .Prompt }}<|out|>{{ end }}{{ .Response }}';

/** It was trained on 512 tokens, and two threads make it ten times slower than one. */
export const tinyParameters = { stop: ['<|im_end|>'], temperature: 0, num_ctx: 512, num_thread: 1 } as const;

/** @param path of the GGUF file, absolute: Ollama reads a relative one from where it is itself. */
export function tinyModelfile(path: string): string {
  const { stop, ...numbers } = tinyParameters;
  return [
    '# joule-tiny knows small Python utility functions and nothing else.',
    '# Import it: joule-ls models modelfile > Modelfile && ollama create joule-tiny -f Modelfile',
    `FROM ${/\s/.test(path) ? `"${path}"` : path}`,
    `TEMPLATE """${tinyTemplate}"""`,
    ...stop.map((text) => `PARAMETER stop "${text}"`),
    ...Object.entries(numbers).map(([name, value]) => `PARAMETER ${name} ${value}`),
    '',
  ].join('\n');
}
