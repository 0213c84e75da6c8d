import type { Town } from '../town-context.ts'
import type { Endpoint } from '../web/api.ts'
import { askApi } from './asking/ask-api.ts'
import { fileApi } from './file/file-api.ts'
import { followApi } from './following/follow-api.ts'

/** What programs may ask about civil records. */
export function civilRecordsApi(town: Town): Endpoint[] {
  return [...askApi(town), ...followApi(town), ...fileApi(town)]
}
