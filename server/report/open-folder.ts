// `joule-ls report FOLDER`: what an experiment left behind. Knows where to ask, not what is in there.

/** Prints an experiment's result folder and says where its page is. */
export interface FolderReport {
  /** Lines for the terminal. */
  readonly lines: readonly string[];
  /** The page as HTML; undefined where the folder has none. */
  readonly html: string | undefined;
}

/** @returns the sentence why there is nothing to show. */
export async function openFolder(folder: string): Promise<FolderReport | string> {
  return `${folder} holds no result of an experiment that this version can read`;
}
