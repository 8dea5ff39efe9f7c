
# Google AI (Gemini): long contexts, images, sound and film. Keys: https://aistudio.google.com/apikey
# Free requests may be used to train models.
provider "googleai" {
  priority = 8

  key "first" {
    value = env("GOOGLE_API_KEY")
  }
  key "second" {
    value = env("GOOGLE_API_KEY_2")
  }
  key "third" {
    value = env("GOOGLE_API_KEY_3")
  }

  model "gemini-flash-lite-latest" {
    context  = 1048576
    features = ["tools", "vision", "audio", "video", "files", "json_schema", "reasoning"]
  }
}
