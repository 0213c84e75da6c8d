// The package ships no types: the part that cut.ts uses.
declare module 'subset-font' {
  type Options = {
    targetFormat: 'truetype'
    keepFeatures: readonly string[]
    noHinting: boolean
    noLayoutClosure: boolean
    dropTables: readonly string[]
    preserveNameIds: readonly number[]
  }
  function subsetFont(font: Buffer, text: string, options: Options): Promise<Buffer>
  export = subsetFont
}
