// The Python that scores generated tests inside the sandbox: which pass on the right solution, which lines of it they run, whether
// one of them fails on the faulty one. Text only: it is never run here.

export const jobPath = '/tmp/joule/job.json';
export const scriptPath = '/tmp/joule/score.py';

export interface TestsJob {
  /** File name of the solution without its ending: what the tests import. */
  readonly module: string;
  readonly right: string;
  /** `null` where the faulty solution is the right one in another place. */
  readonly faulty: string | null;
  readonly tests: string;
  /** The function that the tests are for. */
  readonly name: string;
  readonly secondsPerTest: number;
}

export type TestsReport =
  | {
      readonly stage: 'tests';
      /** In the file's order. */
      readonly tests: readonly {
        readonly name: string;
        /** Undefined: it passed on the right solution. */
        readonly failure?: string;
        /** Only for those that passed on the right solution. */
        readonly catches?: boolean;
      }[];
      /** Lines of the function that hold code, and those of them that a test ran; its `def` line is neither. */
      readonly lines: readonly number[];
      readonly covered: readonly number[];
    }
  | { readonly stage: 'import'; readonly error: string }
  | { readonly stage: 'solution'; readonly error: string };

/**
 * Each test runs in a forked child of its own: one that hangs or ends the process fails alone. A test is a function `test…` without
 * required parameters, or a method `test…` of a `unittest.TestCase`; a file with neither is one test, its top-level statements.
 * `pytest` is replaced by the few names of it that generated tests use, so that verdicts don't depend on what is installed.
 * Lines are traced by `sys.settrace`, as the standard library's `trace` does it.
 */
export const testsScript = `
import dis, inspect, json, linecache, os, re, signal, sys, traceback, types, unittest

with open('/tmp/joule/job.json', encoding='utf-8') as handle:
    job = json.load(handle)
report = os.fdopen(os.dup(1), 'w', encoding='utf-8')
nowhere = os.open(os.devnull, os.O_RDWR)
for stream in (0, 1, 2):
    os.dup2(nowhere, stream)
solution_file = '/tmp/joule/' + job['module'] + '.py'


class raises:
    def __init__(self, kinds, *call, match=None, **named):
        self.kinds, self.match = kinds, match
        if call:
            with self:
                call[0](*call[1:], **named)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            raise AssertionError('did not raise ' + str(self.kinds))
        if not issubclass(kind, self.kinds):
            return False
        self.type, self.value = kind, error
        if self.match is not None and not re.search(self.match, str(error)):
            raise AssertionError('raised, but with other words: ' + str(error))
        return True


class approx:
    def __init__(self, want, rel=None, abs=None, nan_ok=False):
        self.want, self.rel, self.abs = want, rel, abs

    def near(self, got, want):
        if isinstance(want, (list, tuple)):
            return len(got) == len(want) and all(map(self.near, got, want))
        if isinstance(want, dict):
            return got.keys() == want.keys() and all(self.near(got[key], want[key]) for key in want)
        room = max(1e-12 if self.abs is None else self.abs, (1e-6 if self.rel is None else self.rel) * (want if want > 0 else -want))
        return got == want or -room <= got - want <= room

    def __eq__(self, got):
        return self.near(got, self.want)


class Marks:
    def parametrize(self, names, cases, **more):
        split = [name.strip() for name in names.split(',')] if isinstance(names, str) else list(names)
        def mark(function):
            function.cases = [dict(zip(split, case if len(split) > 1 else (case,))) for case in cases]
            return function
        return mark

    def __getattr__(self, name):
        return lambda *given, **named: given[0] if len(given) == 1 and callable(given[0]) else (lambda function: function)


pytest = types.ModuleType('pytest')
pytest.raises, pytest.approx, pytest.mark, pytest.main = raises, approx, Marks(), lambda *given, **named: 0
sys.modules['pytest'] = pytest


def load(name, path, text):
    module = types.ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    linecache.cache[path] = (len(text), None, text.splitlines(True), path)
    exec(compile(text, path, 'exec'), module.__dict__)
    return module


def found(module):
    tests = []
    for name, value in list(vars(module).items()):
        if isinstance(value, type) and issubclass(value, unittest.TestCase) and value.__module__ == module.__name__:
            for method in unittest.defaultTestLoader.getTestCaseNames(value):
                tests.append((name + '.' + method, value(method)))
        elif inspect.isfunction(value) and name.startswith('test') and value.__module__ == module.__name__:
            for index, case in enumerate(getattr(value, 'cases', [{}])):
                label = name if not case else name + '[' + str(index) + ']'
                tests.append((label, lambda value=value, case=case: value(**case)))
    return tests


def run(test):
    if not isinstance(test, unittest.TestCase):
        return test()
    result = unittest.TestResult()
    test.run(result)
    for _, text in result.errors + result.failures:
        raise AssertionError(text.strip().split('\\n')[-1])


def short(error):
    text = type(error).__name__ + ': ' + ' '.join(str(error).split())
    if isinstance(error, AssertionError):
        frames = traceback.extract_tb(error.__traceback__)
        text = ': '.join(part for part in ('AssertionError', ' '.join(str(error).split()), frames[-1].line if frames else '') if part)
    return text[:300]


def in_child(work):
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(job['secondsPerTest'])
        try:
            answer = work()
        except BaseException as error:
            answer = {'error': short(error)}
        try:
            with os.fdopen(writable, 'w', encoding='utf-8') as stream:
                json.dump(answer, stream)
        finally:
            os._exit(0)
    os.close(writable)
    with os.fdopen(readable, encoding='utf-8') as stream:
        text = stream.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else {'error': 'no end within ' + str(job['secondsPerTest']) + ' s'}


def codes_of(code):
    return [code] + [inner for one in code.co_consts if isinstance(one, types.CodeType) for inner in codes_of(one)]


def lines_of(function):
    own = function.__code__
    lines = {line for code in codes_of(own) for _, line in dis.findlinestarts(code) if line}
    return sorted(line for line in lines if line != own.co_firstlineno)


def tests_of(solution):
    load(job['module'], solution_file, solution)
    module = load('generated_tests', '/tmp/joule/generated_tests.py', job['tests'])
    return found(module)


def names():
    tests = tests_of(job['right'])
    return {'names': [name for name, _ in tests] or ['the whole file']}


def one(index, solution):
    covered = set()

    def trace(frame, event, argument):
        if frame.f_code.co_filename != solution_file:
            return None
        if event == 'line':
            covered.add(frame.f_lineno)
        return trace

    def work():
        sys.settrace(trace)
        error = None
        try:
            tests = tests_of(solution)
            if tests:
                run(tests[index][1])
        except BaseException as wrong:
            error = short(wrong)
        sys.settrace(None)
        return {'covered': sorted(covered), **({} if error is None else {'error': error})}

    return in_child(work)


def lines_of_right():
    function = getattr(load(job['module'], solution_file, job['right']), job['name'])
    return {'lines': lines_of(function)}


def score():
    right = in_child(lines_of_right)
    if 'error' in right:
        return {'stage': 'solution', 'error': right['error']}
    listed = in_child(names)
    if 'error' in listed:
        if not re.search(r'^\\s*(def|class) ', job['tests'], re.M) and 'AssertionError' in listed['error']:
            listed = {'names': ['the whole file']}
        else:
            return {'stage': 'import', 'error': listed['error']}
    tests, covered = [], set()
    for index, name in enumerate(listed['names'][:200]):
        result = one(index, job['right'])
        covered.update(result.get('covered', []))
        entry = {'name': name}
        if 'error' in result:
            entry['failure'] = result['error']
        elif job['faulty'] is not None:
            entry['catches'] = 'error' in one(index, job['faulty'])
        tests.append(entry)
    lines = right['lines']
    return {'stage': 'tests', 'tests': tests, 'lines': lines, 'covered': [line for line in lines if line in covered]}


result = score()
report.write(json.dumps(result))
report.flush()
os._exit(0)
`;
