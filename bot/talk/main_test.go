package talk_test

import (
	"flag"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write the transcripts in content/*/talks anew")
	flag.Parse()
	os.Exit(m.Run())
}
