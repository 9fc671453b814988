/** Where the routes of all verbs begin; a shape that a client of before would misunderstand gets another number. */
export const BASE = '/api/v1'
