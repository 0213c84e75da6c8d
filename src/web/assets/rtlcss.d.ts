/** Mirrors a style sheet for languages written from right to left. */
declare module 'rtlcss' {
  const rtlcss: { process(css: string): string }
  export = rtlcss
}
