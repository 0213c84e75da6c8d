import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What the tests need from the machine, beside Node and npm: a program, and the Debian package that brings it. */
const NEEDED = [
  { program: 'redis-server', debianPackage: 'redis-server' },
  { program: 'postgres', debianPackage: 'postgresql' },
  { program: 'chromium', debianPackage: 'chromium' },
  { program: 'pdftotext', debianPackage: 'poppler-utils' },
] as const

export type Program = (typeof NEEDED)[number]['program'] | 'initdb' | 'pdftoppm' | 'pdfinfo' | 'setpriv'

/** Says with the exact command what to install. */
export class MissingPrograms extends Error {
  constructor(packages: string[]) {
    super(
      `The tests need programs that are not on this machine. Run:\n\n` +
        `  apt-get install --no-install-recommends ${packages.join(' ')}\n`,
    )
  }
}

/** Where a program is on this machine. Throws MissingPrograms when it is nowhere. */
export function pathOf(program: Program): string {
  const found = findProgram(program)
  if (!found) throw new MissingPrograms(missingPackages())
  return found
}

/** As `pathOf`, but `undefined` when the program is nowhere. */
export function findProgram(program: Program): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/sbin', ...postgresFolders()]
  return folders.map(folder => join(folder, program)).find(isExecutable)
}

/** Debian keeps each PostgreSQL version's server programs out of the PATH; the newest is taken. */
function postgresFolders(): string[] {
  const versions = '/usr/lib/postgresql'
  if (!existsSync(versions)) return []
  return readdirSync(versions)
    .sort((a, b) => Number(b) - Number(a))
    .map(version => join(versions, version, 'bin'))
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function missingPackages(): string[] {
  return NEEDED.filter(({ program }) => !findProgram(program)).map(({ debianPackage }) => debianPackage)
}

/**
 * Installs what is missing with apt where this user may. Throws MissingPrograms where it may not.
 * Nothing but the packages stays: no service is started, and PostgreSQL's own first cluster is not made.
 */
export function installSystemPackages(): void {
  const missing = missingPackages()
  if (missing.length === 0) return
  const shell = shellOfRoot()
  if (!shell || !existsSync('/usr/bin/apt-get')) throw new MissingPrograms(missing)
  console.log(`Installing ${missing.join(', ')} (apt-get) …`)
  const { status } = spawnSync(shell[0], [...shell.slice(1), INSTALL_SCRIPT, 'install', ...missing], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const stillMissing = missingPackages()
  if (status !== 0 || stillMissing.length > 0)
    throw new MissingPrograms(stillMissing.length > 0 ? stillMissing : missing)
}

function shellOfRoot(): [string, ...string[]] | undefined {
  if (process.getuid?.() === 0) return ['sh', '-c']
  const allowed = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
  return allowed ? ['sudo', '-n', 'sh', '-c'] : undefined
}

/** Arguments: the packages. What it changes beside them is for the time of the installation, and put back. */
const INSTALL_SCRIPT = `
set -e
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
clusters=/etc/postgresql-common/createcluster.conf
put_back() {
  [ -z "$our_policy" ] || rm -f "$policy"
  [ ! -e "$clusters.before-tests" ] || mv "$clusters.before-tests" "$clusters"
}
trap put_back EXIT
trap 'exit 130' INT TERM
get() { apt-get install -y -qq --no-install-recommends "$@" > /dev/null; } # what goes wrong is on stderr

apt-get update -qq
if [ ! -e "$policy" ]; then # Debian's word for 'install, but start no service'
  our_policy=yes
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
case " $* " in *' postgresql '*)
  get postgresql-common
  cp -p "$clusters" "$clusters.before-tests"
  pg_conftool "$clusters" set create_main_cluster off
esac
get "$@"
`
