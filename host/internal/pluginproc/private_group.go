//go:build unix

package pluginproc

import (
	"os"
	"os/user"
	"strconv"
	"strings"
)

// privateGroup reports whether gid is our own group with nobody else in it. Many distributions give every
// user such a group and let it write by default, so a fresh clone there is group-writable and yet safe.
// Debian's sshd makes the same exception. Root gets none: it has no reason to need it.
func privateGroup(gid uint32) bool {
	uid := os.Geteuid()
	if uid == 0 || int(gid) != os.Getegid() {
		return false
	}
	me, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return false
	}
	passwd, err := os.ReadFile("/etc/passwd")
	if err != nil {
		return false
	}
	group, err := os.ReadFile("/etc/group")
	if err != nil {
		return false
	}
	return onlyMember(string(passwd), string(group), me.Username, strconv.FormatUint(uint64(gid), 10))
}

// onlyMember reports whether the two files know name as a member of the group gid, and nobody else.
func onlyMember(passwd, group, name, gid string) bool {
	found := false
	for line := range strings.Lines(passwd) {
		f := strings.Split(strings.TrimSpace(line), ":") // name:password:uid:gid:...
		if len(f) < 4 || f[3] != gid {
			continue
		}
		if f[0] != name {
			return false
		}
		found = true
	}
	for line := range strings.Lines(group) {
		f := strings.Split(strings.TrimSpace(line), ":") // name:password:gid:member,member
		if len(f) < 4 || f[2] != gid {
			continue
		}
		for member := range strings.SplitSeq(f[3], ",") {
			if member != "" && member != name {
				return false
			}
		}
	}
	return found
}
