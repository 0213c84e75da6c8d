import { listenToKeys } from './keys.ts'

// What only clerks' pages load.
listenToKeys()
