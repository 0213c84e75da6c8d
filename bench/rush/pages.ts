/** What the product showed to the families, as its floor shows it again: one page of each kind, and where they lead. */
export type Pages = {
  form: string
  /** Whose child the form names. */
  child: string
  held: string
  waiting: string
  confirmed: string
  heldLocation: string
  confirmedLocation: string
  confirmAction: string
}

export const noPages = (): Pages => ({
  form: '',
  child: '',
  held: '',
  waiting: '',
  confirmed: '',
  heldLocation: '',
  confirmedLocation: '',
  confirmAction: '',
})
