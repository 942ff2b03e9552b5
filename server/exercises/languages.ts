// What exercises need to know of a language: ids, stubs, comments, how an example is printed. No grammar.

export const languages = ['python', 'js', 'go', 'rust'] as const;
export type Language = (typeof languages)[number];

export interface LanguageFacts {
  /** LSP language id. */
  readonly languageId: string;
  readonly extension: string;
  /** What models write after the fence, most usual first. */
  readonly fenceNames: readonly string[];
  /** One step of indentation as the data set mostly has it. */
  readonly indentation: string;
  readonly lineComment: string;
  /** Bodies of functions that are not written yet. */
  readonly stubs: readonly string[];
  readonly hasBraces: boolean;
  print(expression: string): string;
}

export const languageFacts: Readonly<Record<Language, LanguageFacts>> = {
  python: {
    languageId: 'python',
    extension: 'py',
    fenceNames: ['python', 'python3', 'py', 'Python'],
    indentation: '    ',
    lineComment: '#',
    stubs: ['    pass', '    ...', '    raise NotImplementedError', '    # TODO: implement\n    pass'],
    hasBraces: false,
    print: (expression) => `print(${expression})`,
  },
  js: {
    languageId: 'javascript',
    extension: 'js',
    fenceNames: ['javascript', 'js', 'JavaScript', 'node'],
    indentation: '  ',
    lineComment: '//',
    stubs: ['', '  // TODO', "  throw new Error('not implemented');"],
    hasBraces: true,
    print: (expression) => `console.log(${expression});`,
  },
  go: {
    languageId: 'go',
    extension: 'go',
    fenceNames: ['go', 'golang', 'Go'],
    indentation: '\t',
    lineComment: '//',
    stubs: ['\tpanic("not implemented")', '\t// TODO: implement\n\tpanic("not implemented")'],
    hasBraces: true,
    print: (expression) => `fmt.Println(${expression})`,
  },
  rust: {
    languageId: 'rust',
    extension: 'rs',
    fenceNames: ['rust', 'rs', 'Rust'],
    indentation: '    ',
    lineComment: '//',
    stubs: ['    todo!()', '    unimplemented!()', '    // TODO\n    todo!()'],
    hasBraces: true,
    print: (expression) => `println!("{:?}", ${expression});`,
  },
};
