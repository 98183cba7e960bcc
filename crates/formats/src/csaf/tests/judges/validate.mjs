// Reads documents of CSAF and prints what the validator library of the BSI finds, one line for each finding.
// node validate.mjs <directory of the library> <2.0|2.1> <file>...
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [home, version, ...files] = process.argv.slice(2)
const library = pathToFileURL(`${home}/node_modules/@secvisogram/csaf-validator-lib/`)
const load = async (name) => await import(new URL(name, library))
const validate = (await load('validate.js')).default
const place = version === '2.0' ? '' : 'csaf_2_1/'
const second = version === '2.0' ? 'optionalTests.js' : 'recommendedTests.js'
const groups = ['schemaTests.js', 'mandatoryTests.js', second, 'informativeTests.js']
const modules = await Promise.all(groups.map((name) => load(place + name)))
// Tests that ask the network (6.3.6, 6.3.7) are left out, and spelling (6.3.8): names and other languages are no mistakes.
const tests = modules.flatMap((module) => Object.values(module)).filter((test) => !/6_3_[678]$/.test(test.name))

for (const file of files) {
  const document = JSON.parse(readFileSync(file, 'utf8'))
  const { tests: results } = await validate(tests, document)
  for (const { name, errors, warnings, infos } of results) {
    const findings = [...errors.map((one) => ['error', one]), ...warnings.map((one) => ['warning', one]), ...infos.map((one) => ['info', one])]
    for (const [kind, { message, instancePath }] of findings) {
      console.log(JSON.stringify({ file, test: name, kind, path: instancePath, message }))
    }
  }
}
