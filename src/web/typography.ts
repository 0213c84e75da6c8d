/**
 * French puts a space before « ? ! : ; » and inside « », and between a figure and its unit, where a line must never break.
 * Locale files and configuration are typed with plain spaces; this makes them unbreakable.
 */
export function frenchSpaces(text: string): string {
  return text
    .replace(/ (?=[?!:;»%€])/g, '\u00a0')
    .replace(/« /g, '«\u00a0')
    .replace(/(\d) (?=(?:h|ko|Mo|ans)\b)/g, '$1\u00a0')
    .replace(/(\u00a0h) (?=\d)/g, '$1\u00a0')
}

/** « d’Inès », « qu’Yves », but « de Yassine » and « de Hugo »: a small word before a name, as most people say it. */
export const beforeName = (word: string, name: string): string =>
  /^(?:[aeiouàâäéèêëîïôöùûüœæ]|y[^aeiouàâäéèêëîïôöùûü])/i.test(name)
    ? `${word.slice(0, -1)}’${name}`
    : `${word} ${name}`
