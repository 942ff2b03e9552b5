// Hover: what a generated region cost, on its first line by default, so that other servers' hovers stay readable.

import type { Hover, HoverParams } from 'vscode-languageserver/node';
import { lineEnd, lineStart } from '../base/text.ts';
import { foundText, hoverLines, hoverMarkdown } from '../ledger/receipt-text.ts';
import { pathOf, toRange } from './convert.ts';
import { firstLineOf } from './region-actions.ts';
import type { Session } from './session.ts';

/** From memory; null where there is no receipt to show. */
export function hover(session: Session, params: HoverParams): Hover | null {
  const document = session.documents.get(params.textDocument.uri);
  const parts = session.parts();
  if (document === undefined || parts === undefined) return null;
  const { hover: where, country } = session.settings.current();
  if (where === 'off') return null;
  const text = document.getText();
  const offset = document.offsetAt(params.position);
  const match = session.regions.of(document.uri).find(({ range }) => {
    const shown = where === 'region' ? range : firstLineOf(text, range);
    return offset >= lineStart(text, shown.start) && offset <= lineEnd(text, shown.end);
  });
  if (match === undefined) return null;
  const totals = parts.ledger.totals(pathOf(document.uri));
  const facts = {
    receipt: match.receipt,
    totals,
    saving: parts.outlook.saving(match.receipt),
    found: foundText(match),
    country,
  };
  return { contents: contentFor(session, facts), range: toRange(document, firstLineOf(text, match.range)) };
}

function contentFor(session: Session, facts: Parameters<typeof hoverLines>[0]): Hover['contents'] {
  const formats = session.client.capabilities.textDocument?.hover?.contentFormat ?? ['plaintext'];
  return formats.includes('markdown')
    ? { kind: 'markdown', value: hoverMarkdown(facts) }
    : { kind: 'plaintext', value: hoverLines(facts).join('\n') };
}
