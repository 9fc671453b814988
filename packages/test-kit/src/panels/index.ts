export { FakeCrafty } from './fake-crafty.ts'
export { CERTIFICATE_FILE, FakePanel, type Oddity, type PanelAccess, type SeenRequest } from './fake-panel.ts'
export { FakePterodactyl } from './fake-pterodactyl.ts'
