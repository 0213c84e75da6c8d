// Makes a fresh clone ready to run, and prints the path of the Node 26 to run it with. What it says to people goes to
// stderr. Plain JavaScript, because the Node that runs this may be 20.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NEEDED = 26
const root = fileURLToPath(new URL('..', import.meta.url))

installPackages()
process.stdout.write(usableNode())

/** Runs `npm ci` where the packages are missing, or older than the lock file. */
function installPackages() {
  const installed = join(root, 'node_modules/.package-lock.json')
  const wanted = join(root, 'package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return
  console.error('Installing packages (npm ci) …')
  // `--include=dev`: style sheets and scripts are built with them, even where NODE_ENV says production.
  if (!succeeds('npm', ['ci', '--include=dev', '--loglevel=error'])) stop('npm ci failed.')
}

/** The Node that runs this if it is new enough, or else the one that came with the packages. */
function usableNode() {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED) return process.execPath
  const packaged = packagedNode()
  if (complaintOf(packaged)?.includes('libatomic')) installLibrary()
  const complaint = complaintOf(packaged)
  if (complaint)
    stop(`Node ${NEEDED} does not start: ${complaint}\nOn Debian this may help: apt-get install libatomic1`)
  return packaged
}

function packagedNode() {
  const link = join(root, 'node_modules/.bin/node')
  if (existsSync(link)) return link
  const platform = `${process.platform}-${process.arch}`
  const home = [`node-${platform}`, `node-bin-${platform}`].find(name => existsSync(join(root, 'node_modules', name)))
  if (!home) stop(`Node ${NEEDED} is needed, and no package brings it to ${platform}: install it first.`)
  // npm 10 takes away the links of the packages for other platforms, and with them this one of the same name.
  symlinkSync(`../${home}/bin/node`, link)
  chmodSync(link, 0o755)
  return link
}

function complaintOf(node) {
  const { status, stderr, error } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  return status === 0 ? undefined : (error?.message ?? stderr)
}

/** A small Debian lacks one library that Node 26 needs; it is installed where this user may. */
function installLibrary() {
  console.error('Installing libatomic1, which Node needs (apt-get) …')
  const [program, ...options] = process.getuid() === 0 ? ['apt-get'] : ['sudo', '-n', 'apt-get']
  succeeds(program, [...options, 'update', '-qq'])
  succeeds(program, [...options, 'install', '-y', '-qq', '--no-install-recommends', 'libatomic1'])
}

function succeeds(program, args) {
  return spawnSync(program, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
}

function stop(message) {
  console.error(message)
  process.exit(1)
}
