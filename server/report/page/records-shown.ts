// How many records are shown at a time, in the page as it comes and in the browser.

export const rowsShown = 25;
