import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build as bundle } from 'esbuild'
import rtlcss from 'rtlcss'
import { compileAsync } from 'sass'
import { contentHash, PUBLIC_FOLDER } from '../static.ts'

const HERE = new URL('./', import.meta.url)
const LOCK = new URL('../../../package-lock.json', import.meta.url)
const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url))

/** Builds the style sheets and the script when they are missing or older than their sources. */
export async function ensureAssets(folder: URL = PUBLIC_FOLDER): Promise<void> {
  const built = await modified(new URL('manifest.json', folder))
  if (built === 0 || (await newest(HERE)) > built || (await modified(LOCK)) > built) await buildAssets(folder)
}

/**
 * Writes the style sheets (each with its mirror for languages from right to left) and the scripts, each named after its content,
 * with `.gz` and `.br` beside it, and `manifest.json` that tells the names.
 */
export async function buildAssets(folder: URL = PUBLIC_FOLDER): Promise<void> {
  const [css, deskCss, js, deskJs, roomJs] = await Promise.all([
    styles('app'),
    styles('clerks'),
    script('main'),
    script('desk'),
    script('room'),
  ])
  const sources = {
    'app.css': css,
    'app.rtl.css': rtlcss.process(css),
    'app.js': js,
    'desk.css': deskCss,
    'desk.rtl.css': rtlcss.process(deskCss),
    'desk.js': deskJs,
    'room.js': roomJs,
  }
  const manifest: Record<string, string> = {}
  await mkdir(folder, { recursive: true })
  for (const [name, text] of Object.entries(sources)) {
    const content = Buffer.from(text)
    const file = name.replace(/(\.\w+)$/, `.${contentHash(content)}$1`)
    manifest[name] = file
    await write(new URL(file, folder), content)
    await write(new URL(`${file}.gz`, folder), await promisify(gzip)(content, { level: 9 }))
    await write(new URL(`${file}.br`, folder), await brotli(content))
  }
  await write(new URL('manifest.json', folder), Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`))

  const kept = new Set(Object.values(manifest).flatMap(file => [file, `${file}.gz`, `${file}.br`]))
  for (const file of await readdir(folder))
    if (/^(app|desk|room)\..*\.(css|js)(\.gz|\.br)?$/.test(file) && !kept.has(file))
      await rm(new URL(file, folder), { force: true })
}

/** `app` is for everybody, `clerks` comes besides on clerks' pages: the public does not pay for them. */
async function styles(entry: 'app' | 'clerks'): Promise<string> {
  const { css } = await compileAsync(fileURLToPath(new URL(`styles/${entry}.scss`, HERE)), {
    style: 'compressed',
    loadPaths: [MODULES],
    quietDeps: true,
    charset: false, // sent as UTF-8
  })
  return css
}

/** `main` is for everybody, `desk` comes besides on clerks' pages, `room` is all that the waiting room loads. */
async function script(entry: 'main' | 'desk' | 'room'): Promise<string> {
  const { outputFiles } = await bundle({
    entryPoints: [fileURLToPath(new URL(`browser/${entry}.ts`, HERE))],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2020', // phones of 2020 and later
    legalComments: 'none', // the licences are listed in the repository, not sent with every page
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

const brotli = (content: Buffer) =>
  promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })

/** Through another name, so that a server that starts meanwhile never reads half a file. */
async function write(file: URL, content: Buffer): Promise<void> {
  const draft = new URL(`${file.href}.${process.pid}.tmp`)
  await writeFile(draft, content)
  await rename(draft, file)
}

async function newest(folder: URL): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const times = entries.filter(e => e.isFile()).map(e => stat(`${e.parentPath}/${e.name}`))
  return Math.max(...(await Promise.all(times)).map(({ mtimeMs }) => mtimeMs))
}

const modified = (file: URL) =>
  stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )

if (import.meta.main) await buildAssets()
