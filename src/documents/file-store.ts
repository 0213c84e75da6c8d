import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

export type FileStore = {
  /** Keeps the bytes, safe on the disk, under a random name that it returns. */
  put(bytes: Uint8Array): Promise<string>
  read(storedAs: string): Promise<Buffer>
  remove(storedAs: string): Promise<void>
}

/** Files in a folder that no web server shows, spread over 256 subfolders. */
export function fileStore(folder: string): FileStore {
  const pathOf = (storedAs: string) => {
    if (!/^[0-9a-f]{48}$/.test(storedAs)) throw new Error('not the name of a stored file')
    return join(folder, storedAs.slice(0, 2), storedAs)
  }
  return {
    put: async bytes => {
      const storedAs = randomBytes(24).toString('hex')
      const path = pathOf(storedAs)
      await mkdir(join(path, '..'), { recursive: true })
      // Written aside and renamed: a reader meets the whole file or none.
      const file = await open(`${path}.part`, 'w')
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(`${path}.part`, path)
      return storedAs
    },
    read: storedAs => readFile(pathOf(storedAs)),
    remove: storedAs => rm(pathOf(storedAs), { force: true }),
  }
}
