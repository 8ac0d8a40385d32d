package talk

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/praatpaal/praatpaal/bot/understand"
)

// longestLine is how many bytes a line of JSON may have.
const longestLine = 1 << 20

// Lines answers each line of JSON with lang and text by the same line with
// what was understood in "got". A line that is none is named on errs and
// passed over; the error then says how many there were.
func Lines(ears map[string]*understand.Understander, in io.Reader, out, errs io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, longestLine)
	buffered := bufio.NewWriter(out)
	bad := 0
	for number := 1; lines.Scan(); number++ {
		line, err := answerLine(ears, lines.Bytes())
		if err != nil {
			bad++
			fmt.Fprintf(errs, "line %d: %v\n", number, err)
			continue
		}
		if _, err := buffered.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	if bad > 0 {
		return errors.Join(buffered.Flush(), fmt.Errorf("understand: %d lines were passed over: give each a lang (nl or en) and a text", bad))
	}
	return errors.Join(buffered.Flush(), lines.Err())
}

// answerLine adds "got" to a line; its other fields stay.
func answerLine(ears map[string]*understand.Understander, line []byte) ([]byte, error) {
	var fields map[string]json.RawMessage
	var asked struct{ Lang, Text string }
	if err := errors.Join(json.Unmarshal(line, &fields), json.Unmarshal(line, &asked)); err != nil {
		return nil, errors.New("it is not a JSON object with lang and text")
	}
	ear := ears[asked.Lang]
	if ear == nil || asked.Text == "" {
		return nil, fmt.Errorf("lang is %q and the text has %d characters", asked.Lang, len(asked.Text))
	}
	got, err := json.Marshal(ear.Message(asked.Text))
	if err != nil {
		return nil, err
	}
	fields["got"] = got
	return json.Marshal(fields)
}
