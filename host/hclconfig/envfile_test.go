package hclconfig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadEnvFile(t *testing.T) {
	t.Parallel()
	const text = "\ufeff# comment\n\nPLAIN=value\n  SPACED = a b c  \nexport EXPORTED=1\nexport\tTAB=2\n" +
		"COMMENT=a#b # rest\nEMPTY=\nEMPTY_COMMENT= # nothing\nSINGLE='a \\n $b # c' # rest\nDOUBLE=\"a\\n\\t\\\"b\\\" \\\\ \\$c # d\"\n" +
		"CRLF=x\r\nAGAIN=1\nAGAIN=2\nEQUALS=a=b==\nexportable=3\n"
	got, err := ReadEnvFile(envFile(t, text))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"PLAIN": "value", "SPACED": "a b c", "EXPORTED": "1", "TAB": "2", "COMMENT": "a#b", "EMPTY": "",
		"EMPTY_COMMENT": "", "SINGLE": `a \n $b # c`, "DOUBLE": "a\n\t\"b\" \\ $c # d", "CRLF": "x", "AGAIN": "2",
		"EQUALS": "a=b==", "exportable": "3",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
}

func TestReadEnvFileTellsAllMistakes(t *testing.T) {
	t.Parallel()
	path := envFile(t, "GOOD=1\nno equals sign\n1BAD=x\nOPEN=\"x\nTAIL='x' y\nESC=\"\\q\"\nBYTES=\xff\n")
	_, err := ReadEnvFile(path)
	var got []string
	for _, d := range diagnosticsOrNone(err) {
		got = append(got, strings.TrimPrefix(d.Error(), path+":"))
	}
	const wayOut = "; Write NAME=value, one a line."
	want := []string{
		"2: a line without an equals sign" + wayOut,
		"3: what stands before the equals sign is not the name of a variable" + wayOut,
		"4: the value of OPEN has no closing quote" + wayOut,
		"5: the value of TAIL goes on after its closing quote" + wayOut,
		"6: the value of ESC has an unknown escape after a backslash" + wayOut,
		"7: the value of BYTES is not UTF-8 text" + wayOut,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s", diff)
	}
}

func TestReadEnvFileIsBounded(t *testing.T) {
	t.Parallel()
	if _, err := ReadEnvFile(envFile(t, strings.Repeat("#", maxEnvFile+1))); err == nil || !strings.Contains(err.Error(), "larger than 256 KiB") {
		t.Errorf("got %v", err)
	}
	if _, err := ReadEnvFile(filepath.Join(t.TempDir(), "absent")); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("got %v", err)
	}
}

func TestLoadLooksIntoEnvFilesFirst(t *testing.T) {
	t.Parallel()
	text := config("  key \"a\" {\n    value = env(\"A\")\n  }\n  key \"b\" {\n    value = env(\"B\")\n  }\n  key \"c\" {\n    value = env(\"C\")\n  }")
	file, err := Load(write(t, text, nil, 0), Options{
		EnvFiles: []string{envFile(t, "A=key-a-first\nAIO_TEST_ENV_FILE_ONLY=x\n"), envFile(t, "A=key-a-second\nB=key-b-second\n")},
		Getenv:   lookup(map[string]string{"A": "key-a-process", "B": "key-b-process", "C": "key-c-process"}),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, k := range file.Config.Providers[0].Keys {
		got = append(got, k.Value.Reveal())
	}
	if diff := cmp.Diff([]string{"key-a-first", "key-b-second", "key-c-process"}, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	if _, set := os.LookupEnv("AIO_TEST_ENV_FILE_ONLY"); set {
		t.Error("the file became part of the process environment")
	}
}

func envFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func FuzzReadEnvFile(f *testing.F) {
	f.Add("A=1\nexport B=\"x\\n\" # c\nC='y'\n")
	f.Fuzz(func(t *testing.T, text string) {
		for line := range strings.SplitSeq(text, "\n") {
			name, _, problem := envLine(strings.TrimSpace(line))
			if name != "" && (problem != "" || !validVariable(name)) {
				t.Errorf("line %q: name %q, problem %q", line, name, problem)
			}
		}
	})
}
