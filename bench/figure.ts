/** One measured figure beside its floor: the barest program that does the same, measured in the same run. */
export type Figure = {
  name: string
  value: number
  floor: number
  /** Ours against the floor: of speed when the unit is per second, of time otherwise. */
  ratio: number
  unit: string
}
