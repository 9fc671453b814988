import { join } from 'node:path'

/**
 * The folder with the files of the page, as a browser gets them: beside each of them lies the same compressed, under its name
 * and `.br` or `.gz`. The page asks the API of the program under `/api/v1` of the same origin.
 */
export const PAGE_FOLDER: string = join(import.meta.dirname, 'page')
