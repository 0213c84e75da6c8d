import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { RequestHandler } from 'express'
import type { TownIdentity } from '../town-identity.ts'
import { townSheet } from './town-theme.ts'

/** Files of the pages by the name templates call them: `app.css` → `/public/app.1f3a….css`. */
export type Assets = { url: (name: string) => string; files: ReadonlyMap<string, StaticFile> }

/** One file ready to be sent, in each encoding that is worth it. */
export type StaticFile = { type: string; plain: Buffer; gzip?: Buffer; brotli?: Buffer }

/** Where the built style sheets and script are, with `manifest.json` that gives each its name with a hash. */
export const PUBLIC_FOLDER = new URL('../../public/', import.meta.url)

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
}

/**
 * Reads the built files and adds what depends on the town: `town.css` with its colour, `icon.svg`, and `logo` when it has
 * one. They are few and small (250 kB in all), so they are kept in memory. Throws when they were not built, or when the
 * town's colour is too pale to be read.
 */
export function loadAssets(town: TownIdentity, folder: URL = PUBLIC_FOLDER): Assets {
  const urls = new Map<string, string>()
  const files = new Map<string, StaticFile>()

  for (const [name, file] of Object.entries(manifest(folder))) {
    const read = (suffix: string) => readFileSync(new URL(file + suffix, folder))
    urls.set(name, `/public/${file}`)
    files.set(`/public/${file}`, { type: typeOf(file), plain: read(''), gzip: read('.gz'), brotli: read('.br') })
  }

  const add = (name: string, extension: string, plain: Buffer) => {
    const url = `/public/${name.replace(/\.\w+$/, '')}.${contentHash(plain)}${extension}`
    urls.set(name, url)
    files.set(url, { type: typeOf(url), plain, ...(extension === '.png' ? {} : { gzip: gzipSync(plain) }) })
  }
  add('town.css', '.css', Buffer.from(townSheet(town.colour)))
  add('icon.svg', '.svg', Buffer.from(icon(town.colour)))
  if (town.logoFile) add('logo', extname(town.logoFile).toLowerCase(), readFileSync(town.logoFile))

  return {
    files,
    url(name) {
      const url = urls.get(name)
      if (!url) throw new Error(`No asset is called « ${name} »`)
      return url
    },
  }
}

/** Sends the files of `/public/`, compressed beforehand, for a year: a changed file has another name. */
export function staticFiles(assets: Assets): RequestHandler {
  return (req, res, next) => {
    const file = req.method === 'GET' || req.method === 'HEAD' ? assets.files.get(req.baseUrl + req.path) : undefined
    if (!file) return next()
    const body =
      (file.brotli && req.acceptsEncodings('br') && file.brotli) ||
      (file.gzip && req.acceptsEncodings('gzip') && file.gzip) ||
      file.plain
    if (body !== file.plain) res.setHeader('Content-Encoding', body === file.brotli ? 'br' : 'gzip')
    res.setHeader('Content-Type', file.type)
    res.setHeader('Content-Length', body.length)
    res.setHeader('Cache-Control', 'public, max-age=31536000, immutable')
    res.setHeader('Vary', 'Accept-Encoding')
    res.setHeader('X-Content-Type-Options', 'nosniff')
    res.end(body)
  }
}

/** The part of a file's name that changes with its content. */
export const contentHash = (content: Buffer) => createHash('sha256').update(content).digest('base64url').slice(0, 10)

function manifest(folder: URL): Record<string, string> {
  try {
    return JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8'))
  } catch (cause) {
    throw new Error('The style sheets and scripts are not built: run « npm run assets »', { cause })
  }
}

function typeOf(file: string): string {
  const type = TYPES[extname(file)]
  if (!type) throw new Error(`${file}: only ${Object.keys(TYPES).join(', ')} can be served`)
  return type
}

/** A town hall in the town's colour, for the browser's tab. */
const icon = (colour: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><path fill="${colour}" d="M20 2 3 13v4h34v-4zM6 20h5v11H6zm11.5 0h5v11h-5zM29 20h5v11h-5zM3 34h34v4H3z"/></svg>`
