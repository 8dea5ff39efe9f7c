package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// parse reads a URL and refuses what no document has.
func parse(address string) (*url.URL, error) {
	if len(address) > maxURL {
		return nil, fmt.Errorf("%w: the URL is longer than %d bytes", ErrBlocked, maxURL)
	}
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: the URL cannot be parsed", ErrBlocked)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("%w: scheme %.20q; want https or http", ErrBlocked, u.Scheme)
	case u.User != nil:
		return nil, fmt.Errorf("%w: the URL has credentials", ErrBlocked)
	case u.Hostname() == "":
		return nil, fmt.Errorf("%w: the URL has no host", ErrBlocked)
	case disguised(u.Hostname()):
		return nil, fmt.Errorf("%w: the host is an address in an unusual notation", ErrBlocked)
	}
	return u, nil
}

// disguised recognises an address that only old resolvers read as one: 2130706433, 0x7f.1, 0177.0.0.1, and
// any with a zone.
func disguised(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Zone() != ""
	}
	host = strings.TrimSuffix(host, ".")
	last := strings.ToLower(host[strings.LastIndexByte(host, '.')+1:])
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(last, "0123456789") == "" // no top-level domain is a number
}

// guard knows which addresses are public.
type guard struct{ reserved []netip.Prefix }

// newGuard: IANA's special-purpose registries for IPv4 and, within the only range that is given out, IPv6.
func newGuard() guard {
	var g guard
	for _, text := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
		"192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
		"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"2001::/23",     // protocol assignments, Teredo among them
		"2001:db8::/32", // documentation
		"2002::/16",     // 6to4: an IPv4 address in disguise
		"3fff::/20",     // documentation
	} {
		g.reserved = append(g.reserved, netip.MustParsePrefix(text))
	}
	return g
}

// public reports whether an address may be connected to.
func (g guard) public(addr netip.Addr) bool {
	addr = addr.Unmap()
	// Loopback, link-local, unique local, site-local, NAT64, multicast and the unspecified one are all
	// outside of 2000::/3.
	if addr.Is6() && (addr.As16()[0]&0xe0 != 0x20 || addr.Zone() != "") {
		return false
	}
	for _, p := range g.reserved {
		if p.Contains(addr) {
			return false
		}
	}
	return addr.IsValid()
}

var errNotPublic = fmt.Errorf("%w: the host has no public address", ErrBlocked)

// dial connects to the first address of the host that answers. It dials the addresses that it checked and
// never the name, which could resolve to something else by then. One address that is not public spoils all:
// that is what rebinding looks like.
func (f *Fetcher) dial(ctx context.Context, target string) (net.Conn, error) {
	host, portText, err := net.SplitHostPort(target)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("%w: port %q", ErrBlocked, portText)
	}
	addrs, err := f.lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	var failed error
	for _, addr := range addrs {
		conn, err := f.options.Connect(ctx, netip.AddrPortFrom(addr.Unmap(), uint16(port)))
		if err == nil {
			return conn, nil
		}
		failed = err
	}
	return nil, failed
}

func (f *Fetcher) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if disguised(host) {
		return nil, errNotPublic
	}
	addrs := []netip.Addr{}
	if addr, err := netip.ParseAddr(host); err == nil {
		addrs = append(addrs, addr)
	} else if addrs, err = f.options.Lookup(ctx, host); err != nil {
		return nil, errors.New("its name does not resolve") // the resolver's text names servers inside
	}
	for _, addr := range addrs {
		if !f.guard.public(addr) {
			return nil, errNotPublic
		}
	}
	if len(addrs) == 0 {
		return nil, errNotPublic
	}
	return addrs, nil
}
