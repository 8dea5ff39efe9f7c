providers:
  - name: groq
    key: sk-canary-0123456789abcdef
