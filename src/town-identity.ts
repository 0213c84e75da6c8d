/** What makes this town this town, on every page, mail and PDF. Comes from the configuration. */
export type TownIdentity = {
  name: string // « Ville de Valmont »
  shortName: string // « Valmont », as in « habitant de Valmont »
  inseeCode: string
  siret: string
  address: readonly string[]
  phone: string // as shown: « 03 20 00 00 00 »
  email: string
  openingHours: string // one sentence
  regie: string // name of the régie de recettes printed on invoices and receipts
  colour: string // main colour, #rrggbb
  logoFile?: string
  /** Who hosts the site, with address and phone: the legal notice must say it (loi n° 2004-575, art. 1-1). */
  hosting: string
  /** The creditor's words at the foot of the invoice: what follows non-payment, whom to write to. */
  latePaymentNotice: string
  /** The judicial court that the town hall depends on: letters that refuse a civil record must name it. */
  court: { name: string; address: readonly string[] }
  /** How the civil registry is reached: an acknowledgement must say it (CRPA, art. R112-5). */
  civilRegistry: { phone: string; email: string }
}
