provider "groq"
{
}
