namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The sums.</summary>
        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);

        /// <summary>The sums with a number.</summary>
        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);

        /// <summary>The sums with a number.</summary>
        public static Tensor operator +(Tensor left, int right) => left.add(right);

        /// <summary>The sums with a number.</summary>
        public static Tensor operator +(Tensor left, long right) => left.add(right);

        /// <summary>The sums with a number.</summary>
        public static Tensor operator +(Tensor left, float right) => left.add(right);

        /// <summary>The sums with a number.</summary>
        public static Tensor operator +(Tensor left, double right) => left.add(right);

        /// <summary>The sums with a number.</summary>
        public static Tensor operator +(Scalar left, Tensor right) => right.add(left);

        /// <summary>The sums with a number.</summary>
        public static Tensor operator +(int left, Tensor right) => right.add(left);

        /// <summary>The sums with a number.</summary>
        public static Tensor operator +(long left, Tensor right) => right.add(left);

        /// <summary>The sums with a number.</summary>
        public static Tensor operator +(float left, Tensor right) => right.add(left);

        /// <summary>The sums with a number.</summary>
        public static Tensor operator +(double left, Tensor right) => right.add(left);

        /// <summary>The differences.</summary>
        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);

        /// <summary>The differences with a number.</summary>
        public static Tensor operator -(Tensor left, Scalar right) => left.sub(right);

        /// <summary>The differences with a number.</summary>
        public static Tensor operator -(Tensor left, int right) => left.sub(right);

        /// <summary>The differences with a number.</summary>
        public static Tensor operator -(Tensor left, long right) => left.sub(right);

        /// <summary>The differences with a number.</summary>
        public static Tensor operator -(Tensor left, float right) => left.sub(right);

        /// <summary>The differences with a number.</summary>
        public static Tensor operator -(Tensor left, double right) => left.sub(right);

        /// <summary>The differences with a number.</summary>
        public static Tensor operator -(Scalar left, Tensor right) => right.negative().add(left);

        /// <summary>The differences with a number.</summary>
        public static Tensor operator -(int left, Tensor right) => right.negative().add(left);

        /// <summary>The differences with a number.</summary>
        public static Tensor operator -(long left, Tensor right) => right.negative().add(left);

        /// <summary>The differences with a number.</summary>
        public static Tensor operator -(float left, Tensor right) => right.negative().add(left);

        /// <summary>The differences with a number.</summary>
        public static Tensor operator -(double left, Tensor right) => right.negative().add(left);

        /// <summary>The products.</summary>
        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);

        /// <summary>The products with a number.</summary>
        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);

        /// <summary>The products with a number.</summary>
        public static Tensor operator *(Tensor left, int right) => left.mul(right);

        /// <summary>The products with a number.</summary>
        public static Tensor operator *(Tensor left, long right) => left.mul(right);

        /// <summary>The products with a number.</summary>
        public static Tensor operator *(Tensor left, float right) => left.mul(right);

        /// <summary>The products with a number.</summary>
        public static Tensor operator *(Tensor left, double right) => left.mul(right);

        /// <summary>The products with a number.</summary>
        public static Tensor operator *(Scalar left, Tensor right) => right.mul(left);

        /// <summary>The products with a number.</summary>
        public static Tensor operator *(int left, Tensor right) => right.mul(left);

        /// <summary>The products with a number.</summary>
        public static Tensor operator *(long left, Tensor right) => right.mul(left);

        /// <summary>The products with a number.</summary>
        public static Tensor operator *(float left, Tensor right) => right.mul(left);

        /// <summary>The products with a number.</summary>
        public static Tensor operator *(double left, Tensor right) => right.mul(left);

        /// <summary>The quotients.</summary>
        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);

        /// <summary>The quotients with a number.</summary>
        public static Tensor operator /(Tensor left, Scalar right) => left.div(right);

        /// <summary>The quotients with a number.</summary>
        public static Tensor operator /(Tensor left, int right) => left.div(right);

        /// <summary>The quotients with a number.</summary>
        public static Tensor operator /(Tensor left, long right) => left.div(right);

        /// <summary>The quotients with a number.</summary>
        public static Tensor operator /(Tensor left, float right) => left.div(right);

        /// <summary>The quotients with a number.</summary>
        public static Tensor operator /(Tensor left, double right) => left.div(right);

        /// <summary>The quotients with a number.</summary>
        public static Tensor operator /(Scalar left, Tensor right) => right.reciprocal().mul(left);

        /// <summary>The quotients with a number.</summary>
        public static Tensor operator /(int left, Tensor right) => right.reciprocal().mul(left);

        /// <summary>The quotients with a number.</summary>
        public static Tensor operator /(long left, Tensor right) => right.reciprocal().mul(left);

        /// <summary>The quotients with a number.</summary>
        public static Tensor operator /(float left, Tensor right) => right.reciprocal().mul(left);

        /// <summary>The quotients with a number.</summary>
        public static Tensor operator /(double left, Tensor right) => right.reciprocal().mul(left);

        /// <summary>The remainders.</summary>
        public static Tensor operator %(Tensor left, Tensor right) => left.remainder(right);

        /// <summary>The remainders with a number.</summary>
        public static Tensor operator %(Tensor left, Scalar right) => left.remainder(right);

        /// <summary>The remainders with a number.</summary>
        public static Tensor operator %(Tensor left, int right) => left.remainder(right);

        /// <summary>The remainders with a number.</summary>
        public static Tensor operator %(Tensor left, long right) => left.remainder(right);

        /// <summary>The remainders with a number.</summary>
        public static Tensor operator %(Tensor left, float right) => left.remainder(right);

        /// <summary>The remainders with a number.</summary>
        public static Tensor operator %(Tensor left, double right) => left.remainder(right);

        /// <summary>The negatives.</summary>
        public static Tensor operator -(Tensor value) => value.negative();

        /// <summary>Bit by bit; of booleans, as booleans.</summary>
        public static Tensor operator &(Tensor left, Tensor right) => left.bitwise_and(right);

        /// <summary>Bit by bit; of booleans, as booleans.</summary>
        public static Tensor operator |(Tensor left, Tensor right) => left.bitwise_or(right);

        /// <summary>Bit by bit; of booleans, as booleans.</summary>
        public static Tensor operator ^(Tensor left, Tensor right) => left.bitwise_xor(right);

        /// <summary>Each bit inverted; of booleans, not.</summary>
        public static Tensor operator ~(Tensor left) => left.bitwise_not();

        /// <summary>Element by element.</summary>
        public static Tensor operator ==(Tensor left, Tensor right) => left.eq(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator ==(Tensor left, Scalar right) => left.eq(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator ==(Scalar left, Tensor right) => right.eq(left);

        /// <summary>Element by element.</summary>
        public static Tensor operator !=(Tensor left, Tensor right) => left.ne(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator !=(Tensor left, Scalar right) => left.ne(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator !=(Scalar left, Tensor right) => right.ne(left);

        /// <summary>Element by element.</summary>
        public static Tensor operator <(Tensor left, Tensor right) => left.lt(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator <(Tensor left, Scalar right) => left.lt(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator <(Scalar left, Tensor right) => right.gt(left);

        /// <summary>Element by element.</summary>
        public static Tensor operator <=(Tensor left, Tensor right) => left.le(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator <=(Tensor left, Scalar right) => left.le(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator <=(Scalar left, Tensor right) => right.ge(left);

        /// <summary>Element by element.</summary>
        public static Tensor operator >(Tensor left, Tensor right) => left.gt(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator >(Tensor left, Scalar right) => left.gt(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator >(Scalar left, Tensor right) => right.lt(left);

        /// <summary>Element by element.</summary>
        public static Tensor operator >=(Tensor left, Tensor right) => left.ge(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator >=(Tensor left, Scalar right) => left.ge(right);

        /// <summary>Element by element.</summary>
        public static Tensor operator >=(Scalar left, Tensor right) => right.le(left);
    }
}
