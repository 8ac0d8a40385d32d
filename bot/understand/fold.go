package understand

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Limits that keep one message cheap whatever is in it.
const (
	maxBytes  = 8000 // of a message; the wire allows 2,000 characters
	maxPieces = 500  // words, numbers and emoji that are looked at
	maxWord   = 40   // letters of a word; the rest is dropped
)

// pieceKind says what a piece of text is.
type pieceKind uint8

const (
	wordPiece pieceKind = iota
	numberPiece
	emojiPiece
)

// piece is one word, number or emoji of a message, folded.
type piece struct {
	from, to int32 // in scan.text
	kind     pieceKind
	sentence int16 // counted from 0
	clause   int16 // counted from 0 through the whole message; commas end one
	quoted   bool  // between quotation marks
	shout    bool  // written in capitals
	money    bool  // a currency sign stands at the number
	touches  bool  // follows a number without a space
	value    int32 // of a number; -1 when it is none or too large
}

// scan is a message cut into pieces. It is used again for other messages, so
// nothing may keep a slice of it.
type scan struct {
	text      []byte
	pieces    []piece
	questions int  // question marks
	capital   bool // begins with a capital
	full      bool // has a capital and ends with a full stop or question mark
	sentences int16
	clauses   int16

	cur    piece
	open   bool // a piece is being read
	upper  int  // capitals in the piece
	lower  int
	digits int
	dots   int  // between single letters
	quote  rune // the mark that opened a quotation
	quoted int  // first piece of the quotation
	coin   bool // a currency sign has just been seen
}

// folder makes letters plain: small, without accents, in one form.
type folder struct {
	plain map[rune]string
}

func newFolder() *folder {
	f := &folder{plain: map[rune]string{
		'ß': "ss", 'æ': "ae", 'Æ': "ae", 'ø': "o", 'Ø': "o", 'œ': "oe", 'Œ': "oe", 'đ': "d", 'Đ': "d",
		'ł': "l", 'Ł': "l", 'ı': "i", 'ĳ': "ij", 'Ĳ': "ij", 'ð': "d", 'þ': "th",
	}}
	for _, block := range [][2]rune{
		{0xAA, 0x24F}, {0x1E00, 0x1EFF}, {0x2070, 0x209C}, {0x2100, 0x214F}, {0x2460, 0x24FF},
		{0xFB00, 0xFB06}, {0xFF01, 0xFF5E}, {0x1D400, 0x1D7FF}, {0x1F110, 0x1F189},
	} {
		for r := block[0]; r <= block[1]; r++ {
			f.learn(r)
		}
	}
	return f
}

// learn notes the plain form of one rune when it has one.
func (f *folder) learn(r rune) {
	if _, known := f.plain[r]; known || r == '×' || r == '÷' {
		return
	}
	var out []rune
	for _, d := range norm.NFKD.String(string(r)) {
		if unicode.Is(unicode.Mn, d) {
			continue
		}
		d = unicode.ToLower(d)
		if d > 0x7F || !unicode.IsLetter(d) && !unicode.IsDigit(d) {
			if plain, ok := f.plain[d]; ok {
				out = append(out, []rune(plain)...)
				continue
			}
			return
		}
		out = append(out, d)
	}
	if len(out) > 0 {
		f.plain[r] = string(out)
	}
}

// cut reads a message into s.
func (f *folder) cut(text string, s *scan) {
	*s = scan{text: s.text[:0], pieces: s.pieces[:0]}
	if len(text) > maxBytes {
		text = text[:maxBytes]
	}
	last := rune(0)
	for i := 0; i < len(text) && len(s.pieces) < maxPieces; {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		f.rune(s, r, text[i+size:])
		if r > ' ' {
			last = r
		}
		i += size
	}
	s.end()
	s.full = s.capital && (last == '.' || last == '?')
}

// rune reads one character; rest is what follows it.
func (f *folder) rune(s *scan, r rune, rest string) {
	switch {
	case r < utf8.RuneSelf:
		s.ascii(byte(r), rest)
	case r == utf8.RuneError:
		s.end()
	case r == '’' || r == '‘' || r == '´' || r == 'ʼ' || r == '‛':
		s.apostrophe('\'', rest)
	case r == '“' || r == '”' || r == '„' || r == '«' || r == '»' || r == '‟':
		s.mark('"')
	case r == '€' || r == '£' || r == '¥':
		s.end()
		s.money()
	case r == '…':
		s.stop()
	case r == '–' || r == '—' || r == '،' || r == '、':
		s.comma()
	default:
		f.wide(s, r)
	}
}

// wide reads a character outside ASCII that is no punctuation we know.
func (f *folder) wide(s *scan, r rune) {
	if plain, ok := f.plain[r]; ok {
		for i := range len(plain) {
			s.letter(plain[i], unicode.IsUpper(r))
		}
		return
	}
	switch {
	case unicode.In(r, unicode.Mn, unicode.Cf, unicode.Me):
		// Marks on letters and invisible signs say nothing.
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		s.begin(wordPiece)
		s.text = utf8.AppendRune(s.text, unicode.ToLower(r))
		s.lower++
	case r >= 0x1F3FB && r <= 0x1F3FF:
		// The skin colour of an emoji.
	case unicode.In(r, unicode.So, unicode.Sk, unicode.Sm) || r >= 0x1F000:
		s.end()
		s.begin(emojiPiece)
		s.text = utf8.AppendRune(s.text, r)
		s.end()
	default:
		s.end()
	}
}

func (s *scan) ascii(c byte, rest string) {
	switch {
	case c >= 'a' && c <= 'z':
		s.letter(c, false)
	case c >= 'A' && c <= 'Z':
		s.letter(c+'a'-'A', true)
	case c >= '0' && c <= '9':
		s.letter(c, false)
	case c == '\'' || c == '`':
		s.apostrophe(c, rest)
	case c == '"':
		s.mark('"')
	case c == '$':
		s.end()
		s.money()
	case c == '@' && s.open && next(rest):
		s.letter('a', false)
	case c == '*' && s.open && next(rest):
		// A letter that somebody did not dare to write.
	case (c == '.' || c == ':') && s.open && s.digits > 0 && s.upper+s.lower == 0 && digit(rest):
		s.text = append(s.text, '.')
		s.cur.value = -1
	case c == '.' && s.open && next(rest) && s.upper+s.lower == s.dots+1:
		s.dots++ // as in h.e.l.p.
	case c == '.' || c == '!' || c == '?' || c == '\n':
		if c == '?' {
			s.questions++
		}
		s.stop()
	case c == ',' || c == ';' || c == ':' || c == '(' || c == ')':
		s.comma()
	default:
		s.end()
	}
}

// next tells whether a letter follows at once.
func next(rest string) bool {
	return rest != "" && (rest[0] >= 'a' && rest[0] <= 'z' || rest[0] >= 'A' && rest[0] <= 'Z')
}

func digit(rest string) bool { return rest != "" && rest[0] >= '0' && rest[0] <= '9' }

// letter adds a folded letter or digit to the piece that is being read.
func (s *scan) letter(c byte, upper bool) {
	isDigit := c >= '0' && c <= '9'
	if !s.open {
		if isDigit {
			s.begin(numberPiece)
		} else {
			s.begin(wordPiece)
			if len(s.pieces) == 0 {
				s.capital = upper
			}
		}
	}
	switch {
	case isDigit:
		s.digits++
	case upper:
		s.upper++
	default:
		s.lower++
	}
	if s.cur.kind == numberPiece {
		if !isDigit {
			s.afterNumber(c)
			return
		}
		if s.cur.value >= 0 && s.cur.value < 100_000_000 {
			s.cur.value = s.cur.value*10 + int32(c-'0')
		}
	}
	s.text = append(s.text, c)
}

// afterNumber decides what a letter right behind a number is: "14jr" is a
// number and a word, "4ever" stays one word.
func (s *scan) afterNumber(c byte) {
	if s.digits > 1 {
		upper, lower := s.upper, s.lower
		s.upper, s.lower = 0, 0
		s.end()
		s.begin(wordPiece)
		s.cur.touches = true
		s.upper, s.lower = upper, lower
	} else {
		s.cur.kind = wordPiece
		s.cur.value = -1
	}
	s.text = append(s.text, c)
}

// apostrophe inside a word belongs to it; elsewhere it is a quotation mark.
func (s *scan) apostrophe(c byte, rest string) {
	if s.open && s.cur.kind == wordPiece && letterNext(rest) {
		s.text = append(s.text, '\'')
		return
	}
	if !s.open && letterNext(rest) && short(rest) {
		return // 't, 's, 'k, 'm, 'n
	}
	if s.open && s.quote != rune(c) {
		return // the dropped end of a word: tryin'
	}
	s.mark(rune(c))
}

func letterNext(rest string) bool {
	return next(rest) || rest != "" && rest[0] >= utf8.RuneSelf
}

// short tells whether one letter stands alone, as in 't.
func short(rest string) bool {
	return len(rest) == 1 || !next(rest[1:]) && rest[1] != '\''
}

// mark opens or closes a quotation.
func (s *scan) mark(r rune) {
	s.end()
	switch s.quote {
	case 0:
		s.quote, s.quoted = r, len(s.pieces)
	case r:
		for i := s.quoted; i < len(s.pieces); i++ {
			s.pieces[i].quoted = true
		}
		s.quote = 0
	}
}

func (s *scan) money() {
	if n := len(s.pieces); n > 0 && s.pieces[n-1].kind == numberPiece {
		s.pieces[n-1].money = true
		return
	}
	s.coin = true
}

func (s *scan) comma() {
	s.end()
	s.clauses++
}

func (s *scan) stop() {
	s.end()
	if n := len(s.pieces); n > 0 && s.pieces[n-1].sentence == s.sentences {
		s.sentences++
		s.clauses++
	}
}

func (s *scan) begin(kind pieceKind) {
	if s.open {
		return
	}
	s.open = true
	s.cur = piece{from: int32(len(s.text)), kind: kind, sentence: s.sentences, clause: s.clauses, money: s.coin}
	if kind != numberPiece {
		s.cur.value = -1
	}
	s.coin = false
	s.upper, s.lower, s.digits, s.dots = 0, 0, 0, 0
}

// end closes the piece that is being read.
func (s *scan) end() {
	if !s.open {
		return
	}
	s.open = false
	s.cur.to = int32(len(s.text))
	if s.cur.to-s.cur.from > maxWord {
		s.cur.to = s.cur.from + maxWord
	}
	s.cur.shout = s.upper > 1 && s.lower == 0
	s.pieces = append(s.pieces, s.cur)
}
