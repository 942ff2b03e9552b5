// How many characters have to change to make one text of another: Levenshtein's distance, in UTF-16 units.

export { distance as editDistance } from 'fastest-levenshtein';
