package pluginproc

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"syscall"
)

// explainExec says why the system refused to execute a file.
func explainExec(path string, err error) *StartError {
	head := fileHead(path)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return &StartError{
			Cause: CauseNotExecutable, Detail: "the system does not allow executing " + path,
			Hint: "is its file system mounted noexec, or a security policy in force?",
		}
	case errors.Is(err, syscall.ENOEXEC) && len(head) == 0:
		return &StartError{Cause: CauseFormat, Detail: path + " is empty", Hint: "install it again"}
	case errors.Is(err, syscall.ENOEXEC) && machineOf(head) != "":
		return &StartError{
			Cause: CauseArch, Detail: fmt.Sprintf("%s was built for %s, this machine is %s/%s", path, machineOf(head), runtime.GOOS, runtime.GOARCH),
			Hint: "install the build for this machine",
		}
	case errors.Is(err, syscall.ENOEXEC):
		return &StartError{
			Cause: CauseFormat, Detail: path + " is not a program",
			Hint: "a script needs a first line such as #!/usr/bin/python3",
		}
	case errors.Is(err, fs.ErrNotExist): // the file is there, it was just looked at
		return &StartError{
			Cause: CauseLibrary, Detail: "the interpreter or loader that " + path + " names does not exist" + interpreter(head),
			Hint: "install it, or build the plugin statically (CGO_ENABLED=0)",
		}
	default:
		return &StartError{Cause: CauseSystem, Detail: "the system cannot start it: " + err.Error(), Hint: "is the limit of processes or open files reached?"}
	}
}

func fileHead(path string) []byte {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close() // only read
	head, err := io.ReadAll(io.LimitReader(f, 256))
	if err != nil {
		return nil
	}
	return head
}

// machineOf names the machine a program was built for; empty when the file is no program.
func machineOf(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte(elf.ELFMAG)) && len(head) >= 20:
		var order binary.ByteOrder = binary.LittleEndian
		if elf.Data(head[elf.EI_DATA]) == elf.ELFDATA2MSB {
			order = binary.BigEndian
		}
		machine := elf.Machine(order.Uint16(head[18:20])).String()
		return strings.ToLower(strings.TrimPrefix(machine, "EM_"))
	case bytes.HasPrefix(head, []byte("MZ")):
		return "windows"
	case bytes.HasPrefix(head, []byte("\xcf\xfa\xed\xfe")), bytes.HasPrefix(head, []byte("\xca\xfe\xba\xbe")):
		return "macOS"
	}
	return ""
}

// interpreter quotes the interpreter a script names.
func interpreter(head []byte) string {
	line, isScript := bytes.CutPrefix(head, []byte("#!"))
	if !isScript {
		return ""
	}
	line, _, _ = bytes.Cut(line, []byte{'\n'})
	return ": " + escape(strings.TrimSpace(string(line)))
}
