import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { cp, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { Config } from './config.ts'
import { copySqlite, sqliteFaults } from './db/sqlite-copy.ts'

const DATABASE = 'database.sqlite'
const FILES = 'files'
const MANIFEST = 'manifest.json'

const manifestShape = z.object({
  version: z.literal(1),
  createdAt: z.string(),
  engine: z.enum(['sqlite', 'postgres']),
  entries: z.array(z.object({ path: z.string(), size: z.number(), sha256: z.string() })),
})
type Manifest = z.output<typeof manifestShape>
type Entry = Manifest['entries'][number]

export type Progress = (done: number, of: number) => void

/** A target that cannot be used, or a backup that is none: told to the operator in a sentence. */
export class BackupFault extends Error {}

/**
 * Copies the town to a new folder while it runs: its database (on PostgreSQL that is `pg_dump`'s work), the files people
 * sent, and a manifest with each one's checksum, written last. Throws `BackupFault` when the folder holds something.
 */
export async function backUp(
  { database, filesDir }: Pick<Config, 'database' | 'filesDir'>,
  target: string,
  now: Temporal.Instant,
  on: { database: Progress; files: Progress } = { database: () => {}, files: () => {} },
): Promise<Manifest> {
  await mkdir(target, { recursive: true, mode: 0o700 })
  if ((await readdir(target)).length > 0) throw new BackupFault(`${target} is not empty: name a new folder.`)
  const engine = database.startsWith('postgres') ? 'postgres' : 'sqlite'
  // Twice: what the database refers to was copied before it or after, whatever came and went meanwhile.
  const copied = new Set<string>()
  await copyFiles(filesDir, join(target, FILES), copied, on.files)
  if (engine === 'sqlite') await copySqlite(database, join(target, DATABASE), on.database)
  await copyFiles(filesDir, join(target, FILES), copied, on.files)
  const entries: Entry[] = []
  for (const path of await pathsIn(target)) entries.push(await entryOf(target, path))
  const manifest: Manifest = { version: 1, createdAt: now.toString(), engine, entries }
  const file = join(target, MANIFEST)
  await writeFile(`${file}.part`, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
  await rename(`${file}.part`, file)
  return manifest
}

/** What is wrong with a backup, a sentence each; nothing when it can be trusted. Throws `BackupFault` for what is none. */
export async function checkBackup(target: string, onProgress: Progress = () => {}): Promise<string[]> {
  const { engine, entries } = await manifestOf(target)
  const faults: string[] = []
  const there = new Set(await pathsIn(target))
  for (const [done, { path, size, sha256 }] of entries.entries()) {
    onProgress(done, entries.length)
    if (!there.delete(path)) faults.push(`${path} is missing`)
    else {
      const found = await entryOf(target, path)
      if (found.size !== size || found.sha256 !== sha256) faults.push(`${path} is not what was backed up`)
    }
  }
  for (const path of there) if (path !== MANIFEST) faults.push(`${path} is not in the manifest`)
  if (engine === 'sqlite' && !entries.some(({ path }) => path === DATABASE)) faults.push('the database is missing')
  if (engine === 'sqlite' && faults.length === 0) faults.push(...sqliteFaults(join(target, DATABASE)))
  return faults
}

async function manifestOf(target: string): Promise<Manifest> {
  try {
    return manifestShape.parse(JSON.parse(await readFile(join(target, MANIFEST), 'utf8')))
  } catch {
    throw new BackupFault(`${target} is no whole backup: it has no manifest that can be read.`)
  }
}

async function copyFiles(from: string, to: string, copied: Set<string>, onProgress: Progress): Promise<void> {
  const paths = (await pathsIn(from)).filter(path => !copied.has(path) && !path.endsWith('.part'))
  for (const [done, path] of paths.entries()) {
    await mkdir(dirname(join(to, path)), { recursive: true })
    try {
      await cp(join(from, path), join(to, path), { preserveTimestamps: true })
      copied.add(path)
    } catch (error) {
      if (!isGone(error)) throw error // removed since it was listed: nothing refers to it any more
    }
    onProgress(done + 1, paths.length)
  }
}

/** Every file below a folder, by its path with `/`, in order; none when the folder is not there. */
async function pathsIn(folder: string): Promise<string[]> {
  try {
    const found = await readdir(folder, { recursive: true, withFileTypes: true })
    return found
      .filter(entry => entry.isFile())
      .map(entry => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .sort()
  } catch (error) {
    if (isGone(error)) return []
    throw error
  }
}

async function entryOf(target: string, path: string): Promise<Entry> {
  const file = join(target, path)
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return { path, size: (await stat(file)).size, sha256: hash.digest('hex') }
}

const isGone = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT'
