/** What a step answers after it has entered another state: that state's step is asked at once. */
export const GO_ON = 'go-on'
