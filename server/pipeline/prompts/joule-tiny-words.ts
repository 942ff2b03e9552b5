// The words of joule-tiny's training requests, written by server/models/joule-tiny/recipe/words.py. Knows no prompt.

const words = `
a above abs absolute acronym add added adding adds adjacent after afterwards ages align all alnum alphabet
alphabetic alphabetical alphabetically alphanumeric also amount amounts an anagram anagrams and animal animals
answer answers any apart appear appears append appended appends apply are area aren't arithmetic armstrong
around arr array as asc ascending asterisks at author authors average averages avg away b back backwards
balance balanced balances base be become before begin beginning begins below best betw between bid bids bigger
biggest bigrams bill bills binary bits bmi body book books both bound brand brands bubble budget build builds
but buzz by byfirst bylen bysize c caesar calc calculate calculates call camel camelcase can cap capital
capitalize capitalized capitalizes capitals card cards case cased celsius center centered change changes char
character characters chars check checks choice choices chunk chunks cipher circle cities clamp class classes
clean closed code codes coin coins collapse collatz collect collects color colors column columns combine
combined combines comma commands commas comment comments common compare compress compute computes concat
concatenate concatenates config cons consecutive consisting consonants contain containing contains content
contiguous convert converted converts coprime copy cost costs count counters countries country counts create
cube cubed cubes cumulative current cut d daily dashes data day days dec decide decides decimal decode decrease
decreased decreases decreasing decrement decremented decrements delete deletes delta deltas depth depths derive
desc descending description determine determines dict dictionaries dictionary differ difference differences
different digit digits discount disjoint distance distances distinct div divide divided divides divisible
division divisor divisors do document does domain domains don't dot dots double doubled doubles down drop drops
duplicate duplicates duration durations e each element elements email emails empty encode encoded encoding
encrypt end ending ends entries entry eq equal equals eval even evenly every everything exact exactly exceed
exceeding exceeds except exchanged exclamation exist exists expand extract f factor factorial factorization
factors fahrenheit fall far fee fees fetch fewer fibonacci field fields file filename filenames files filter
filters final finally find finds finish first firstn five fix fizz fizzbuzz flag flags flat flatten flattens
flip flips folder folders followed for form format formats forms found four frequencies frequency frequent
friend friends from fruits full fully function gather ge genres get gets give given gives glue go goes grade
grades greater greatest greet greeting grid group grouped groups gt guest guests halve halved halves hamming
handle has hashtags hasnt have header headers headline height heights hello helper helpers hex hexadecimal hh
hi high higher highest hit hits holds host hosts hour hours how hypotenuse i id identity ids if ignore ignores
ignoring implement implements in inc include included including inclusive increase increased increases
increasing increment incremented increments index indices initials input inputs insensitive insensitively
insert inserted insertion int integer integers interest interleave intersection into ints inventory invert is
isalpha isc isdigit islower isogram isupper it item items its join joined joins just k keep keeping keeps key
keys kilometers km kth label labels lacking language languages larger largest last lastn lcm le leading leap
least leave leaves left legs len length lengths less letter letters level levels lie lies like limit limited
line lines list lists lo load long longer longest look low lower lowercase lowercased lowercases lowers lowest
lown lst lt m made make many map mapping maps mark marks mask mass match matches matrix max maximum me mean
measure measurements measures median member members merge merges merging message messages method methods middle
miles min minimum minlen minus minute minutes missing mm mod mode module modules modulo more most movie movies
moving mul multiple multiples multiplication multiplied multiplies multiply multiplying my n name names ndiv ne
need needed neg negate negated negates negative neighbouring nested new no node nodes non none nonempty nonneg
nonspace nonzero normalize not notc note nothing novowel nth num number numbered numbers numeric nums nuniq o
occur occurrences occurs odd of offset offsets often old on once one ones only opposites option options or ord
order ordered orders other others otherwise out outcome output outputs over pack pad padded pair pairs pairwise
pal palindrome palindromes palindromic pangram paragraph parentheses parenthesis parse part partition parts
pass password path paths payment payments percent percentage perfect phrase pick picks piece pieces places
planets player players please plus point points population pos position positions positive power powers
preceded precedence prefix prefixed prepend prepended preserving price prices prime primes principal print
process prod produce produces product products proper punct punctuation put python quantities quantity question
questions quick quicksort quotient r radius raise raised raises range rank rate rates rating ratings raw reach
read reading readings reads record rectangle reduced regard regardless region regions remainders remove removed
removes repeat repeated repeating repeats replace replaced replaces report representation rest restrict result
resulting results retain retains return returns rev reversals reverse reversed reverses reversing review right
rivers room rooms rotate rotated row rows run running runs s safely salaries salary sale sales same sample
samples scale scan score scores search second seconds see seen sees segments select selection selects sentence
sentences separate separated seq sequence series set settings share shared shift shorten shorter shortest shout
show shows sides sign simple single six size sizes skip skips sliding slug small smaller smallest snake so
solve some somewhere song songs sort sorted sorts source space spaces span speed speeds spelled split splits
square squared squares ss start starting starts stats step steps stock stop streak streets strictly string
strings strip stripped strips student students sub subarray sublist sublists subset substring subtract
subtracts such suffix sum summary sums surround surrounding swap swapped swaps symbol symbols symmetric t table
tags take takes taking target tax team teams tell tells temperature temps ten term terms test tests text texts
th than that the their them then there third this three threshold through throw throws tidy ties times timing
timings title titles to together token tokens tool tools top topn total totals transpose triangle triangular
trim trimmed triple tripled triples true truncate tuple turn turns twice two under union uniq unique up upper
uppercase uppercased uppercases uppers url urls use user username usernames users using valid value valueerror
values verify verifys versa vice vote votes vowel vowels wages want was ways weight weights what when where
whether which whichever while whitespace whose width widths window windows wins wise with within without word
words work works write written x xs y year years yield yields you ys z zero zeros zip
`;

export const knownWords: ReadonlySet<string> = new Set(words.split(/\s+/));
