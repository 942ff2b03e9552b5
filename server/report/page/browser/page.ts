// The page's own script: the records' filters, order and pages, and the links that set them. Runs in a browser, from a file, without network.

import type { PackedRecords } from '../cells.ts';
import { createRecordsView } from './records-view.ts';

const data = document.getElementById('records-data');
if (data !== null) {
  const records = JSON.parse(data.textContent ?? '{}') as PackedRecords;
  const view = createRecordsView(records);
  const followLink = (byUser: boolean): void => {
    const found = /^#records\?(.*)$/.exec(location.hash);
    if (found === null) return;
    view.show(Object.fromEntries(new URLSearchParams(found[1])));
    if (byUser || location.hash !== '') view.focus();
  };
  addEventListener('hashchange', () => followLink(true));
  // A link that is followed twice changes no address.
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#records?"]') : null;
    if (link?.getAttribute('href') === location.hash) followLink(true);
  });
  view.show({});
  followLink(false);
}
// Whoever measures or drives the page knows by this that its script is done.
document.documentElement.dataset.ready = 'yes';
