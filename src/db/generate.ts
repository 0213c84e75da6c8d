// `npm run db:generate`: writes the migrations of both engines from the services' schema files, with drizzle-kit.
import { spawnSync } from 'node:child_process'

for (const dialect of ['sqlite', 'postgres']) {
  const { status } = spawnSync(
    'drizzle-kit',
    ['generate', '--config', 'src/db/drizzle-kit.config.ts', ...process.argv.slice(2)],
    {
      stdio: 'inherit',
      env: { ...process.env, DATABASE_URL: dialect === 'postgres' ? 'postgres://generate' : '' },
    },
  )
  if (status !== 0) process.exit(status ?? 1)
}
