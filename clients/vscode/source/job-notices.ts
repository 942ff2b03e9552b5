// The server's progress as notices with a cancel button, which the stock language client does not have, and as one list of what
// runs for the status bar. Pure: VS Code comes in through the ports.

/** Begin, report and end of one progress, as the protocol has them. */
export interface ProgressValue {
  readonly kind: 'begin' | 'report' | 'end';
  readonly title?: string;
  readonly message?: string;
}

export interface Notice {
  report(text: string): void;
  close(): void;
}

export interface RunningJob {
  readonly title: string;
  /** Stage, model, tokens, joules so far; empty at first. */
  readonly message: string;
}

export interface NoticePorts {
  /** Opens a notice; `onCancel` is called when its button is pressed. */
  open(title: string, onCancel: () => void): Notice;
  /** Tells the server: `window/workDoneProgress/cancel`. */
  cancel(token: string | number): void;
  /** @param last the end message of the job that just ended: its receipt in one line. */
  onJobs(running: readonly RunningJob[], last: string | undefined): void;
}

export interface JobNotices {
  /** For `middleware.handleWorkDoneProgress`. */
  handle(token: string | number, value: ProgressValue): void;
  /** The server is gone: no notice may stay open. */
  closeAll(): void;
}

export function createJobNotices(ports: NoticePorts): JobNotices {
  const open = new Map<string | number, { readonly notice: Notice; job: RunningJob }>();
  const tell = (last?: string): void => ports.onJobs([...open.values()].map(({ job }) => job).reverse(), last);

  return {
    handle(token, value) {
      if (value.kind === 'begin') {
        open.get(token)?.notice.close();
        const title = value.title ?? 'joule';
        const notice = ports.open(title, () => ports.cancel(token));
        open.set(token, { notice, job: { title, message: value.message ?? '' } });
        if (value.message !== undefined) notice.report(value.message);
        return tell();
      }
      const shown = open.get(token);
      if (shown === undefined) return;
      if (value.kind === 'report') {
        shown.job = { title: shown.job.title, message: value.message ?? shown.job.message };
        shown.notice.report(shown.job.message);
        return tell();
      }
      open.delete(token);
      shown.notice.close();
      tell(value.message);
    },
    closeAll() {
      for (const { notice } of open.values()) notice.close();
      open.clear();
      tell();
    },
  };
}
