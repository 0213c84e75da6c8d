/** A form of a page: where it is sent, and what a browser would send of it as it stands. */
export type Form = { action: string; fields: [name: string, value: string][]; choices: [name: string, value: string][] }

/** The forms of a page that are sent, in order. `choices` are its boxes and radios that are not ticked. */
export function formsOf(html: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].flatMap(([, head = '', body = '']) => {
    if (attribute(head, 'method').toLowerCase() !== 'post') return []
    const form: Form = { action: attribute(head, 'action'), fields: [], choices: [] }
    for (const [, input = ''] of body.matchAll(/<input\b([^>]*)>/g)) {
      const name = attribute(input, 'name')
      if (!name || /\sdisabled\b/.test(input)) continue
      const pair: [string, string] = [name, attribute(input, 'value')]
      const box = /^(checkbox|radio)$/.test(attribute(input, 'type'))
      if (!box || /\schecked\b/.test(input)) form.fields.push(pair)
      else form.choices.push(pair)
    }
    return [form]
  })
}

const attribute = (tag: string, name: string) =>
  (new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(tag)?.[1] ?? '').replaceAll('&amp;', '&')

/** As a browser writes the fields of a form. */
export const encoded = (fields: readonly (readonly [string, string])[]): string =>
  fields.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')
