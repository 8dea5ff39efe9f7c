package sdk

// DecodeChatRequest reads a request exactly: a wrong type is an error that names
// the place, as in "messages[2].content[0].text: want string, got number", and
// so is a member that is there twice. It does not [ChatRequest.Validate].
func DecodeChatRequest(b []byte) (*ChatRequest, error) {
	req := new(ChatRequest)
	if err := decode(b, req); err != nil {
		return nil, err
	}
	return req, nil
}
