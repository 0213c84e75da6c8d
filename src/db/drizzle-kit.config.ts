import type { Config } from 'drizzle-kit'

const postgres = process.env['DATABASE_URL']?.startsWith('postgres') ?? false

const config: Config = {
  dialect: postgres ? 'postgresql' : 'sqlite',
  schema: './src/*/schema.ts',
  out: postgres ? './drizzle/postgres' : './drizzle/sqlite',
  casing: 'snake_case',
}

// biome-ignore lint/style/noDefaultExport: drizzle-kit reads its configuration as the default export
export default config
