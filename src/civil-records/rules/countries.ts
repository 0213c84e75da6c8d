/** Codes that ISO 3166 keeps for no country: groups, exceptional reservations, users' own. */
const NO_COUNTRY = new Set(['AC', 'CP', 'CQ', 'DG', 'EA', 'EU', 'EZ', 'IC', 'QO', 'TA', 'UN', 'XA', 'XB', 'ZZ'])

const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']

/** Countries and territories by their ISO 3166-1 alpha-2 code; their names are for `Intl.DisplayNames` to say. */
export const countryCodes: ReadonlySet<string> = new Set(
  LETTERS.flatMap(first => LETTERS.map(second => first + second)).filter(
    // A country of the past is written by what it became: it is not one of its own.
    code => !NO_COUNTRY.has(code) && names.of(code) !== undefined && new Intl.Locale(`und-${code}`).region === code,
  ),
)
