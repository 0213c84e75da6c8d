/** What a browser would send of the page's form that goes to `action`: hidden inputs, ticked boxes, chosen radios, text. */
export function formFields(html: string, action: string): [string, string][] {
  const start = html.search(new RegExp(`<form[^>]* action="${action.replace(/[?/.]/g, '\\$&')}"`))
  const form = start < 0 ? '' : html.slice(start, html.indexOf('</form>', start))
  return [...form.matchAll(/<input\b[^>]*>/g)].flatMap(([tag]) => {
    const attribute = (name: string) => readable(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
    const type = attribute('type') || 'text'
    if ((type === 'checkbox' || type === 'radio') && !/ checked(?=[ >])/.test(tag)) return []
    return [[attribute('name'), attribute('value')] as [string, string]]
  })
}

const readable = (text: string) =>
  text
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, '’')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')

/** The fields as a form's body. */
export const urlencoded = (fields: readonly (readonly [string, string])[]) =>
  new URLSearchParams(fields.map(([name, value]) => [name, value])).toString()

/** The words of a page, without its tags and with single spaces. */
export const textOf = (html: string) =>
  readable(html.replace(/<(script|style|head)[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]+>/g, ' '))
    .replace(/&nbsp;|[\u00a0\u202f]/g, ' ')
    .replace(/\s+/g, ' ')
