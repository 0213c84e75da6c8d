import { countryCodes } from '../rules/countries.ts'

const lists = new Map<string, readonly { value: string; text: string }[]>()

/** The countries by their names in a language (an `Intl` locale), in its order, France first. */
export function countriesIn(intl: string): readonly { value: string; text: string }[] {
  const known = lists.get(intl)
  if (known) return known
  const { compare } = new Intl.Collator(intl)
  const list = [...countryCodes]
    .map(value => ({ value, text: countryName(value, intl) }))
    .sort((a, b) => Number(b.value === 'FR') - Number(a.value === 'FR') || compare(a.text, b.text))
  lists.set(intl, list)
  return list
}

/** The name of a country in a language; its code when there is none. */
export const countryName = (code: string, intl: string): string =>
  new Intl.DisplayNames(intl, { type: 'region' }).of(code) ?? code
