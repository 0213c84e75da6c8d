/** What a file may be, by its content: a photo or a PDF. */
export type FileType = { mediaType: 'application/pdf' | 'image/jpeg' | 'image/png'; extension: 'pdf' | 'jpg' | 'png' }

/** Why a file is not taken: the code of the words in `problems:fields`. */
export type Fault =
  | 'file-empty'
  | 'file-too-large'
  | 'file-type'
  | 'file-program'
  | 'file-web-page'
  | 'file-archive'
  | 'file-office'
  | 'file-heic'
  | 'file-locked'
  | 'file-odd'
  | 'file-broken'
  | 'file-heavy'
  | 'file-too-many-pages'
  | 'file-too-many-pixels'

/** A file that is taken, with the bytes to keep: of a picture, the picture alone. Or why it is not. */
export type Verdict = (FileType & { bytes: Uint8Array }) | { fault: Fault }

/** Found while a file is read: its reading ends there. */
export class Refusal extends Error {
  readonly fault: Fault

  constructor(fault: Fault) {
    super(fault)
    this.fault = fault
  }
}
