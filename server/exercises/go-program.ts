// Go programs: a package with its test beside it, in a module of its own, by the toolchain that the sandbox sees. testify's assert is replaced
// by the few lines of it that the data set's tests use: there is no network. The standard library is compiled anew each time.

import type { ProgramKind } from './program.ts';

const folder = '/tmp/go';
const environment = {
  GOCACHE: '/tmp/cache',
  GOPATH: '/tmp/path',
  GOFLAGS: '-mod=mod',
  GOPROXY: 'off',
  GO111MODULE: 'on',
  GOWORK: 'off',
  GOTOOLCHAIN: 'local',
};

/** Half a minute on two busy cores; the cache takes some 200 MB. */
const limits = {
  wallMilliseconds: 300_000,
  memoryBytes: 2 * 1024 * 1024 * 1024,
  scratchBytes: 512 * 1024 * 1024,
  fileBytes: 64 * 1024 * 1024,
  processes: 256,
} as const;

export const goProgram: ProgramKind = {
  request: ({ text, test }) => ({
    command: [
      'env',
      ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      ...['go', '-C', folder, 'test', '-vet=off', '-timeout=10s', '-v', '.'],
    ],
    files: [
      { path: `${folder}/go.mod`, text: moduleFile },
      { path: `${folder}/testify/go.mod`, text: testifyModule },
      { path: `${folder}/testify/assert/assert.go`, text: testifyAssert },
      { path: `${folder}/solution.go`, text },
      { path: `${folder}/solution_test.go`, text: test },
    ],
    limits,
  }),
  // go test itself says so of a program that ends in its midst.
  passed: (output) => /^--- PASS: /m.test(output) && /^ok\s/m.test(output),
  why(errorOutput, output) {
    const lines = `${errorOutput}\n${output}`.split('\n');
    const told = lines.find((line) => /\.go:\d+:|^panic: /.test(line)) ?? lines.find((line) => /FAIL/.test(line)) ?? '';
    return told.trim();
  },
};

/** Also for the tests of this project, which run many programs in one module. */
export const testifyModule = 'module github.com/stretchr/testify\n\ngo 1.21\n';

/** With testify from the folder beside it. */
export const moduleFile = `module fidelity

go 1.21

require github.com/stretchr/testify v0.0.0

replace github.com/stretchr/testify => ./testify
`;

export const testifyAssert = `package assert

import (
	"reflect"
	"testing"
)

type Assertions struct{ t *testing.T }

func New(t *testing.T) *Assertions { return &Assertions{t} }

func (a *Assertions) Equal(expected, actual interface{}, words ...interface{}) bool {
	if reflect.DeepEqual(expected, actual) {
		return true
	}
	a.t.Errorf("expected %v, got %v %v", expected, actual, words)
	return false
}
`;
