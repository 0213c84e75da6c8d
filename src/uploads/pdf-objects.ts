// The objects of a PDF as every reader finds them: read forward from each `obj`, whatever the tables of the file say.
import { Refusal } from './verdict.ts'

/** A dictionary of the file: its own keys with their values as written, and where its stream begins. */
export type PdfObject = { number: string; keys: ReadonlyMap<string, string>; streamAt: number | undefined }

const MOST_OBJECTS = 100_000

/** Space and comments, or one token; text in parentheses is read apart, as it nests. */
const TOKEN = /(?:[\s\0]+|%[^\r\n]*)+|<<|>>|<[^>]*>|[[\]{}()]|\/[^\s\0()<>[\]{}/%]*|[^\s\0()<>[\]{}/%]+|>/y

/**
 * Each dictionary that follows an `obj` in these bytes, read as latin1. Throws a Refusal when they lie within each other, so
 * that the same bytes would be read again and again.
 */
export function* objectsOf(text: string): Generator<PdfObject> {
  let read = 0
  let count = 0
  for (const { index } of text.matchAll(/(?<!end)obj(?![A-Za-z])/g)) {
    if (++count > MOST_OBJECTS) throw new Refusal('file-heavy')
    const dictionary = dictionaryAt(text, index + 3)
    read += dictionary.end - index
    if (read > 2 * text.length) throw new Refusal('file-heavy')
    if (!dictionary.keys) continue
    const number = /(\d{1,10})\s+\d{1,5}\s*$/.exec(text.slice(Math.max(0, index - 24), index))?.[1] ?? `at ${index}`
    const stream = /(?:[\s\0]+|%[^\r\n]*[\r\n])*stream(?:\r\n|\n|\r)/y
    stream.lastIndex = dictionary.end
    yield { number, keys: dictionary.keys, streamAt: stream.test(text) ? stream.lastIndex : undefined }
  }
}

/** The dictionary that begins here after space and comments; without `keys` where something else stands. */
function dictionaryAt(text: string, from: number): { keys?: Map<string, string>; end: number } {
  const keys = new Map<string, string>()
  let depth = 0
  let key: string | undefined
  let value = ''
  const settle = () => {
    if (key !== undefined) keys.set(key, value.trim())
    value = ''
  }
  for (let at = from; ; ) {
    TOKEN.lastIndex = at
    const token = TOKEN.exec(text)?.[0]
    if (token === undefined) return { end: at }
    at = token === '(' ? endOfString(text, at) : at + token.length
    const isSpace = /^[\s\0%]/.test(token)
    if (depth === 0 && !isSpace && token !== '<<') return { end: at }
    if (token === '<<' || token === '[') depth++
    if (token === '>>' || token === ']') depth--
    if (depth === 0 && !isSpace) {
      settle()
      return { keys, end: at }
    }
    // A name at the top is a key, and its value when it follows a key at once.
    if (depth === 1 && token.startsWith('/') && (key === undefined || value.trim() !== '')) {
      settle()
      key = plainName(token)
    } else if (value.length < 2000) value += isSpace ? ' ' : token.startsWith('/') ? plainName(token) : token
  }
}

/** After the parenthesis that closes the one here. */
function endOfString(text: string, start: number): number {
  const marks = /\\[\s\S]|[()]/g
  marks.lastIndex = start
  let depth = 0
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    if (mark[0] === '(') depth++
    if (mark[0] === ')') depth--
    if (depth === 0) return marks.lastIndex
  }
  return text.length
}

/** A name as readers understand it: `/J#61vaScript` says JavaScript (ISO 32000-1, 7.3.5). */
const plainName = (name: string) =>
  name.replace(/#([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

/** The text with all its names written plainly. */
export const withPlainNames = (text: string): string =>
  text.includes('#') ? text.replace(/\/[^\s\0()<>[\]{}/%]*#[^\s\0()<>[\]{}/%]*/g, plainName) : text
