/** Text that is HTML already. Everything else is escaped on its way into a page. */
export type Html = { readonly html: string }
type Part = string | number | Html | readonly Html[] | false | null | undefined

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replace(/[&<>"']/g, sign => ESCAPES[sign] ?? sign)

/** A piece of page. `false`, `null` and `undefined` leave nothing. */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: pieces.map((piece, index) => piece + shown(parts[index])).join('') }
}

function shown(part: Part): string {
  if (part === undefined || part === null || part === false) return ''
  if (typeof part === 'object') return 'html' in part ? part.html : part.map(one => one.html).join('')
  return escaped(String(part))
}
