// Names that every JavaScript or TypeScript text may use: the language, Node, browsers, workers, common test runners.

import { words } from '../tree.ts';

/** Whether a name is there without being bound by the text. Types have more names than values, and more generous families. */
export function isGlobalName(name: string, isType: boolean): boolean {
  return (
    globals.has(name) || platformValues.test(name) || (isType && (typeWords.has(name) || platformTypes.test(name)))
  );
}

/** Families of the browsers' and the TypeScript library's names, too many to list. */
const platformValues =
  /^((HTML|SVG|CSS|DOM|IDB|RTC|WebGL|GPU|MIDI|Media|Speech|Readable|Writable|Transform|Text(En|De)coder|XML|XPath|XSLT)[A-Z0-9]\w*|(Intersection|Mutation|Resize|Performance|Reporting)Observer\w*|(Custom|Keyboard|Mouse|Pointer|Message|Drag|Touch|Focus|Input|Wheel|Progress|Error|Storage|PopState|HashChange|PromiseRejection|Animation|Transition|UI|Close)Event)$/;

const platformTypes = new RegExp(
  [
    `^(${families(`
      Abort Animation Array ArrayBuffer Async Audio Authenticator Big Callable Canvas Clipboard Computed Constrain Cookie
      Credential Document Element Encoded FileSystem Float FontFace FormData Gamepad Generator Geolocation Image Import
      Int Intersection Iterable Iterator Keyframe Lock MathML Mutation Navigation Navigator Newable Notification
      Offscreen Payment Performance Permission PictureInPicture Pointer Promise Property Proxy PublicKeyCredential Push
      Readonly RegExp Resize Screen Scroll Service Shadow Storage StyleSheet Template Text Touch Typed URLPattern Uint
      Underlying Video ViewTransition WakeLock Weak WebCodecs WebTransport Worker Worklet`)})[A-Z0-9]\\w*$`,
    '^(ANGLE|EXT|KHR|OES|OVR|WEBGL)_\\w+$',
    '^\\w+(Event|EventInit|EventMap|Element|EventHandler|Constructor|Iterator|DecoratorContext|Decorator)$',
  ].join('|'),
);

/** Types of the language: as a value each is a name like any other. */
const typeWords = words(
  'any bigint boolean infer intrinsic keyof never number object string symbol unique unknown void',
);

const globals = words(`
  AbortController AbortSignal AddEventListenerOptions AggregateError Algorithm AnalyserNode Array ArrayBuffer
  ArrayLike AsyncDisposable AsyncDisposableStack AsyncGenerator AsyncIterable AsyncIterator Atomics Attr Awaited
  BaseAudioContext BigInt BigInt64Array BigUint64Array BiquadFilterNode Blob BlobPropertyBag Body Boolean
  BroadcastChannel Buffer BufferEncoding BufferSource BuiltinIteratorReturn Bun ByteLengthQueuingStrategy
  CDATASection CSS Cache CacheStorage Capitalize CharacterData ChildNode Clipboard CloseEvent Comment
  CompressionStream ConcatArray Console ConstructorParameters ConvolverNode CountQueuingStrategy Credential Crypto
  CryptoKey CustomElementRegistry DataTransfer DataTransferItem DataView Date DecodeErrorCallback
  DecompressionStream DelayNode Deno Disposable DisposableStack Document DocumentFragment Element ElementTagNameMap
  EmscriptenModule Error ErrorOptions EvalError Event EventCounts EventInit EventListener EventListenerObject
  EventListenerOptions EventSource EventTarget Exclude Extract File FileCallback FileList FilePropertyBag FileReader
  FileSystem FinalizationRegistry FlatArray Float16Array Float32Array Float64Array FontFace FormData
  FrameRequestCallback Function FunctionConstructor GPU GainNode Gamepad Generator Geolocation GlobalEventHandlers
  Headers HeadersInit Highlight History IArguments IdleDeadline IdleRequestCallback IdleRequestOptions ImportMeta
  Infinity InstanceType Int16Array Int32Array Int8Array Intl Iterable IterableIterator Iterator JSON JSX JestMockFn
  JsonWebKey KeyAlgorithm Location Lock LockManager Lowercase Map Math MessageChannel MessagePort Mocha NaN
  NaNConstructor NamedNodeMap Navigation Navigator NoInfer Node NodeFilter NodeJS NodeList NodeListOf NodeRequire
  NonNullable NonSharedBuffer Notification Number Object Omit OmitThisParameter OnErrorEventHandlerNonNull Option
  OscillatorNode PannerNode Parameters ParentNode Partial Path2D Performance Pick Plugin PluginArray
  PositionCallback ProcessingInstruction Promise PromiseLike PropertyDescriptor PropertyKey Proxy
  PublicKeyCredential QueuingStrategy RadioNodeList Range RangeError Readonly ReadonlyArray ReadonlyMap ReadonlySet
  Record ReferenceError Reflect RegExp Report Request RequestInfo RequestInit Required Response ResponseInit
  ReturnType Sanitizer Scheduler Screen Selection Set SharedArrayBuffer SharedWorker SourceBuffer StaticRange
  Storage String StructuredSerializeOptions StylePropertyMap StyleSheet SubtleCrypto SuppressedError Symbol
  SyntaxError Temporal Text TextDecoder TextEncoder Thenable ThisParameterType ThisType TimeRanges TimerHandler
  Touch TouchList Transformer TreeWalker TypeError URIError URL URLSearchParams Uint16Array Uint32Array Uint8Array
  Uint8ClampedArray Uncapitalize Uppercase VTTCue ValidityState VisualViewport VoidFunction WeakMap WeakRef WeakSet
  WebAssembly WebSocket Window WindowEventHandlers WindowOrWorkerGlobalScope WindowProxy Worker Worklet
  XMLHttpRequest webkitURL

  __dirname __filename addEventListener alert arguments atob Audio blur browser btoa caches cancelAnimationFrame
  cancelIdleCallback chrome clearImmediate clearInterval clearTimeout clientInformation close confirm console const
  createImageBitmap crypto customElements decodeURI decodeURIComponent define devicePixelRatio dispatchEvent
  document encodeURI encodeURIComponent escape eval exports fetch focus getComputedStyle getSelection global
  globalThis history Image importScripts indexedDB innerHeight innerWidth isFinite isNaN localStorage location
  matchMedia module navigator onmessage open opener origin outerHeight outerWidth parseFloat parseInt performance
  postMessage print process prompt queueMicrotask removeEventListener reportError requestAnimationFrame
  requestIdleCallback require screen screenX screenY scroll scrollBy scrollTo scrollX scrollY self sessionStorage
  setImmediate setInterval setTimeout speechSynthesis structuredClone toString undefined unescape visualViewport
  window

  $ jQuery React afterAll afterEach after assert before beforeAll beforeEach context cy describe expect fail fdescribe
  fit it jasmine jest mocha pending setup spyOn suite suiteSetup suiteTeardown teardown test vi vitest xdescribe xit
  asserts is override readonly async await of get set static type`);

function families(prefixes: string): string {
  return [...words(prefixes)].join('|');
}
